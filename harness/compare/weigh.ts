/** Holds one metric of some runs against the same of others. */
import type { Random } from '../base/random.js';
import { againstOne, type Contrast, oneAgainst, welch, wider } from '../stats/difference.js';
import { testEquivalence, unitsNeeded } from '../stats/equivalence.js';
import { type Estimate, meanEstimate, ratioEstimate, smallBelow } from '../stats/estimate.js';
import { intervalOf } from '../stats/interval.js';
import { quantiles } from '../stats/quantile.js';
import type { MetricDifference, MetricEstimate, MetricName } from './comparison.js';
import type { MetricSample, RunSample } from './sample.js';

/** The quantiles that are told: median, and the ones of the summary. */
const told = [0.5, 0.95, 0.99];

/** One metric of one side. */
export class Side {
  readonly samples: readonly MetricSample[];
  /** Each run's own value, of those that have one. */
  readonly values: readonly number[];

  constructor(runs: readonly RunSample[], metric: MetricName) {
    this.samples = runs.map(({ metrics }) => metrics[metric]).filter(({ value }) => value !== null);
    this.values = this.samples.map(({ value }) => value!);
  }

  /** The mean over runs; it has no spread with a single one. */
  get overRuns(): Estimate | null {
    return meanEstimate(this.values);
  }

  /**
   * A single run's number, with the spread over its faults or users; null when there are more runs, or no such spread.
   */
  get withinRun(): Estimate | null {
    return this.samples.length === 1 ? ratioEstimate(this.samples[0]!.blocks) : null;
  }

  /** A single run that does not show either how much its faults or users vary. */
  get hasNoSpread(): boolean {
    return this.samples.length === 1 && (this.withinRun?.standardError ?? null) === null;
  }

  get observations(): number[] {
    return this.samples.flatMap(({ observations }) => observations.flat());
  }

  /** @param random draws the bootstrap's blocks */
  estimate(random: Random): MetricEstimate | null {
    const estimate = this.withinRun ?? this.overRuns;
    if (!estimate) return null;
    const interval = intervalOf(estimate);
    const [single] = this.samples;
    const blocks =
      this.samples.length === 1 ? single!.observations : this.samples.map(({ observations }) => observations.flat());
    return {
      value: estimate.value,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      unit: this.withinRun ? single!.unit! : 'run',
      units: estimate.units,
      observations: this.samples.reduce((sum, { count }) => sum + count, 0),
      small: estimate.units < smallBelow,
      quantiles: quantiles(blocks, told, { random }),
    };
  }
}

export interface WeighOptions {
  /** As a fraction of the reference. */
  readonly margin: number;
  /** What the reference is: more runs of a model cost nothing, so only measured ones are asked for. */
  readonly kind: 'model' | 'runs';
}

/**
 * The difference, and whether it is none. Runs are the unit of analysis: within a run everything depends on everything.
 * A single run borrows the spread between the other side's runs, unless its own faults or users spread wider: a
 * prediction may be more regular than reality.
 * @returns null when one of the sides has nothing to compare
 */
export function weigh(measured: Side, reference: Side, options: WeighOptions): MetricDifference | null {
  const [ours, theirs] = [measured.overRuns, reference.overRuns];
  if (!ours || !theirs) return null;
  const { contrast, method } = contrastOf(measured, reference, ours, theirs);
  const test = testEquivalence(contrast, options.margin, theirs.value);
  // With nothing but a borrowed spread, a run can be seen to be an outlier, but not to agree.
  const assumed = method === 'oneRun' && [measured, reference].some((side) => side.hasNoSpread);
  // A model that always says the same lends no spread: how much the run itself might vary is then unknown.
  const blind = assumed && widthOf(test.interval) <= negligible * Math.abs(theirs.value);
  const interval = blind ? null : test.interval;
  const outcome = blind || (assumed && test.outcome === 'agrees') ? 'notEnoughData' : test.outcome;
  return {
    value: test.difference.value,
    relative: theirs.value === 0 ? null : test.difference.value / Math.abs(theirs.value),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    method: interval ? method : 'none',
    outcome,
    equivalenceP: test.p,
    replicationsNeeded: outcome === 'notEnoughData' && interval ? runsNeeded(contrast, ours, theirs, options) : null,
  };
}

/** Of the reference: narrower than what measuring resolves. */
const negligible = 1e-6;

const widthOf = (interval: { low: number; high: number } | null): number =>
  interval ? interval.high - interval.low : 0;

interface Chosen {
  readonly contrast: Contrast;
  readonly method: MetricDifference['method'];
}

function contrastOf(measured: Side, reference: Side, ours: Estimate, theirs: Estimate): Chosen {
  const [mine, other] = [measured.withinRun ?? ours, reference.withinRun ?? theirs];
  if (ours.units > 1 && theirs.units > 1) return { contrast: welch(ours, theirs), method: 'welch' };
  const within: Chosen = { contrast: welch(mine, other), method: 'withinRuns' };
  if (ours.units === 1 && theirs.units === 1) return within;
  const borrowed = theirs.units > 1 ? oneAgainst(ours.value, theirs) : againstOne(ours, theirs.value);
  return { contrast: wider(borrowed, within.contrast), method: 'oneRun' };
}

/** With fewer runs than this, their spread is too unsure to plan by. */
const knowsItsSpread = 3;

/** Measured runs in all that would settle it; when both sides are real, that many on each side. */
function runsNeeded(contrast: Contrast, ours: Estimate, theirs: Estimate, { margin, kind }: WeighOptions) {
  const now = kind === 'model' ? ours.units : Math.min(ours.units, theirs.units);
  const needed = unitsNeeded({
    difference: contrast(1).value,
    margin: margin * Math.abs(theirs.value),
    deviation: kind === 'model' ? deviationOfOne(contrast, ours, theirs) : contrast(1).standardError! * Math.sqrt(now),
    // A model can always be run as often as it takes.
    referenceError: 0,
  });
  return needed && Math.max(needed, now + 1);
}

/** How much one measured run's value spreads, as far as it is known; else as much as a simulated one's. */
function deviationOfOne(contrast: Contrast, ours: Estimate, theirs: Estimate): number {
  if (ours.standardError === null) return contrast(1).standardError!;
  const own = ours.standardError * Math.sqrt(ours.units);
  if (ours.units >= knowsItsSpread) return own;
  return Math.max(own, (theirs.standardError ?? 0) * Math.sqrt(theirs.units));
}
