/**
 * What the paper says about a figure, as something that data can confirm or contradict. Runs of the same replication
 * share their requests at every point (common random numbers), so differences are taken within replications and their
 * mean is held against Student's t (measured runs are all independent, and are paired by point): 95 % for a claim as a whole, by Bonferroni where it has several parts.
 */

import type { Point } from '../../harness/experiment/experiment.js';
import { meanEstimate } from '../../harness/stats/estimate.js';
import { intervalOf } from '../../harness/stats/interval.js';
import { type FigureData, IndependentSample, type Sample } from './data.js';
import { policyNames } from './figure.js';

export const claimVerdicts = ['holds', 'does not hold', 'not enough data'] as const;
export type ClaimVerdict = (typeof claimVerdicts)[number];

export interface Finding {
  readonly verdict: ClaimVerdict;
  /** Which test, in words. */
  readonly test: string;
  /** Its numbers, with intervals and n. */
  readonly numbers: readonly string[];
}

export interface Claim {
  /** What the paper says, in our words. */
  readonly text: string;
  /** Where it says so. */
  readonly place: string;
  readonly examine: (data: FigureData) => Finding;
  /** What a reader should know about how the claim was read, or why it fails. */
  readonly note?: string;
}

/** Something that must lie above or below a limit, or between two. */
export interface Question {
  readonly what: string;
  /** One value per replication. */
  readonly sample: Sample;
  readonly above?: number;
  readonly below?: number;
  /** @defaultValue percentage points */
  readonly unit?: string;
}

const risk = 0.05;

/** Holds when each part does: the parts' intervals lie within their limits altogether. */
export const allOf =
  (questions: (data: FigureData) => readonly Question[]): Claim['examine'] =>
  (data) => {
    const parts = questions(data);
    const answers = parts.map((part) => answer(part, risk / parts.length));
    const many = parts.length > 1 ? `, Bonferroni over ${parts.length} parts` : '';
    return {
      verdict: worst(answers.map(({ verdict }) => verdict)),
      test: `95 % intervals of Student’s t over ${unitsOf(data)}, paired differences${many}`,
      numbers: answers.map(({ text }) => text),
    };
  };

const unitsOf = ({ independent }: FigureData): string => (independent ? 'independent runs' : 'replications');

/**
 * Holds when each policy is better than the next on average over all points, and worse at none of them.
 * @param order best first
 */
export const ranking =
  (metric: string, order: readonly string[], better: 'higher' | 'lower'): Claim['examine'] =>
  (data) => {
    const pairs = order.slice(1).map((worse, index) => [order[index]!, worse] as const);
    const answers = pairs.map(([first, second]) =>
      comparePolicies(data, metric, { first, second, better, of: pairs.length }),
    );
    return {
      verdict: worst(answers.map(({ verdict }) => verdict)),
      test:
        'paired t test of the mean difference over all points, and at no point a significant difference the other way ' +
        '(5 %, Bonferroni over points)',
      numbers: answers.map(({ text }) => text),
    };
  };

interface Pair {
  readonly first: string;
  readonly second: string;
  readonly better: 'higher' | 'lower';
  /** How many pairs the claim is made of. */
  readonly of: number;
}

function comparePolicies(data: FigureData, metric: string, { first, second, better, of }: Pair): Answer {
  const others = data.select({ policy: first }).map(({ policy: _, ...rest }) => rest as Point);
  const at = (where: Point) =>
    difference(data.sample(metric, { ...where, policy: first }), data.sample(metric, { ...where, policy: second }));
  const limit = better === 'higher' ? { above: 0 } : { below: 0 };
  const what = `${nameOf(first)} − ${nameOf(second)}, mean over ${others.length} points`;
  const overall = answer({ what, sample: average(others.map(at)), ...limit }, risk / of);
  const answers = others.map((where) => ({
    where,
    ...answer({ what: describe(where), sample: at(where), ...limit }, risk / others.length),
  }));
  const count = (verdict: ClaimVerdict) => answers.filter((each) => each.verdict === verdict).length;
  const against = answers.filter(({ verdict }) => verdict === 'does not hold');
  const contradiction = against.length > 0 ? `, e.g. ${against[0]!.text}` : '';
  const counts = `significant at ${count('holds')} points, the other way at ${against.length}${contradiction}`;
  return {
    verdict: against.length > 0 ? 'does not hold' : overall.verdict,
    text: `${overall.text}; ${counts}`,
  };
}

interface Answer {
  readonly verdict: ClaimVerdict;
  readonly text: string;
}

/** Within the limits altogether: holds; altogether outside: does not; else nobody knows yet. */
function answer(question: Question, alpha: number): Answer {
  const { what, sample, above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = question;
  const unit = question.unit ?? 'percentage points';
  const estimate = meanEstimate(sample.filter((value) => value !== null));
  const interval = estimate && intervalOf(estimate, 1 - alpha);
  const wanted = limitsText(above, below);
  if (!interval) return { verdict: 'not enough data', text: `${what}: ${wanted} wanted, n = ${estimate?.units ?? 0}` };
  const { low, high } = interval;
  const numbers = `${round(estimate.value)} ± ${round((high - low) / 2)} ${unit} (n = ${estimate.units})`;
  return { verdict: verdictOf(low, high, { above, below }), text: `${what}: ${numbers}, ${wanted} wanted` };
}

function verdictOf(low: number, high: number, { above, below }: { above: number; below: number }): ClaimVerdict {
  if (low > above && high < below) return 'holds';
  // Exactly at a limit, e.g. two runs that are the same in all, contradicts nothing.
  return high < above || low > below ? 'does not hold' : 'not enough data';
}

/** What contradicts weighs more than what is not known. */
export function worst(verdicts: readonly ClaimVerdict[]): ClaimVerdict {
  if (verdicts.includes('does not hold')) return 'does not hold';
  return verdicts.length === 0 || verdicts.includes('not enough data') ? 'not enough data' : 'holds';
}

export const difference = (a: Sample, b: Sample): Sample => zip([a, b], ([x, y]) => x! - y!);

/** The mean of samples, replication by replication; of independent runs all of them, whose mean it is. */
export const average = (samples: readonly Sample[]): Sample =>
  samples[0] instanceof IndependentSample
    ? IndependentSample.from(samples.flatMap((sample) => [...sample]))
    : zip(samples, (values) => values.reduce((sum, value) => sum + value, 0) / values.length);

/** Of each replication that every sample has something for; the others are null. */
export function zip(samples: readonly Sample[], combine: (values: readonly number[]) => number): Sample {
  const length = Math.max(0, ...samples.map((sample) => sample.length));
  const combined = Array.from({ length }, (_, index) => {
    const values = samples.map((sample) => sample[index] ?? null);
    return values.length > 0 && values.every((value) => value !== null) ? combine(values) : null;
  });
  return samples[0] instanceof IndependentSample ? IndependentSample.from(combined) : combined;
}

export const nameOf = (policy: unknown): string => policyNames[String(policy)] ?? String(policy);

const describe = (where: Point): string =>
  Object.entries(where)
    .filter(([name]) => name !== 'variant' && name !== 'scale')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const round = (value: number): string => String(Number(Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1)));

function limitsText(above: number, below: number): string {
  if (!Number.isFinite(below)) return `more than ${round(above)}`;
  return Number.isFinite(above) ? `${round(above)} to ${round(below)}` : `less than ${round(below)}`;
}
