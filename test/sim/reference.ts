/** Reference results of RSPSIM and how ours are held against them: shared by the fast and the full agreement test. */
import { readFileSync } from 'node:fs';
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { parse } from 'csv-parse/sync';
import { randomFrom } from '../../harness/base/random.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import type { PolicyName } from '../../harness/experiment/policy.js';
import {
  all,
  experiment,
  exponential,
  failure,
  minutes,
  ms,
  mtbf,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../../harness/index.js';
import type { Metrics } from '../../harness/sim/metrics.js';
import { simulate } from '../../harness/sim/simulate.js';
import { singleLan } from '../../topologies/single-lan.js';

export const figures = [7, 8, 11, 12, 13] as const;

/** One point of a figure: the columns as they are, numbers by {@link numberOf}. */
export type Row = Readonly<Record<string, string>>;

export function rowsOf(figure: number): Row[] {
  const file = new URL(`../fixtures/rspsim/fig${figure}.csv`, import.meta.url);
  return parse(readFileSync(file), { columns: true }) as Row[];
}

export const numberOf = (row: Row, column: string): number =>
  row[column] === 'inf' ? Number.POSITIVE_INFINITY : Number(row[column]);

/** The row's scenario as a plan. */
export function planOf(row: Row, seed: number): Plan {
  const at = (column: string) => numberOf(row, column);
  const unlimited = (value: number) => (value >= 1e9 ? Number.POSITIVE_INFINITY : value);
  const keepAlives = {
    sessionKeepAliveInterval: s(at('session_keepalive_interval_s')),
    sessionKeepAliveTimeout: s(at('session_keepalive_timeout_s')),
  };
  const description = experiment({
    name: 'reference',
    topology: singleLan({ elements: at('pes'), users: at('pus'), delay: ms(at('one_way_delay_ms')) }),
    deploy: () => ({
      registrars: registrar({
        endpointKeepAliveInterval: s(at('endpoint_keepalive_interval_s')),
        endpointKeepAliveTimeout: s(at('endpoint_keepalive_timeout_s')),
        maxBadPeReports: unlimited(at('max_bad_pe_reports')),
      }),
      elements: poolElement({
        policy: row.policy as PolicyName,
        capacity: 1e6,
        cookieInterval: at('cookie_interval_calcs') > 1e20 ? Number.POSITIVE_INFINITY : at('cookie_interval_calcs'),
        cleanShutdownProbability: at('clean_shutdown_prob'),
        ...keepAlives,
      }),
      users: poolUser({
        requestSize: exponential(at('request_size_calcs')),
        targetUtilisation: at('target_utilisation_pct') / 100,
        requestTimeout: s(at('request_timeout_s')),
        ...keepAlives,
      }),
    }),
    phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(at('sim_minutes')) },
    faults: [mtbf(s(at('mtbf_s')), failure(all('elements')))],
    model: 'rspsim',
  });
  return resolvePlan(description, { seed });
}

/** A mean with the half width of its 95 % confidence interval, over so many runs. */
export interface Estimate {
  readonly mean: number;
  readonly halfWidth: number;
  readonly deviation: number;
  readonly runs: number;
}

export interface Comparison {
  readonly metric: string;
  readonly ours: Estimate;
  readonly reference: Estimate;
  /** Ours minus the reference's, relative to the reference's. */
  readonly relative: number;
  /** Of the test for equal means, see {@link test}. */
  readonly p: number;
  /** Whether the reference gives an interval. */
  readonly tested: boolean;
  /** Of the same test when so many of our own runs, drawn at random, stand in for the reference: p of each draw. */
  readonly falseP: readonly number[];
}

/** Metrics that are held against the reference by {@link test}, and the columns that they are in. */
const tested = [
  ['utilisationPercent', 'utilisation', 'pct'],
  ['handlingSpeedPercent', 'handling_speed', 'pct'],
  ['queuingDelay', 'queuing_delay', 's'],
  ['handlingTime', 'handling_time', 's'],
] as const;

/** Simulates a row with seeds 1 to `runs`. */
export function simulateRow(row: Row, runs: number): Metrics[] {
  return Array.from({ length: runs }, (_, index) => simulate(planOf(row, index + 1)).metrics);
}

export function compare(row: Row, metrics: readonly Metrics[]): Comparison[] {
  const runs = numberOf(row, 'seeds');
  const quantile = tQuantile(0.975, runs - 1);
  const comparison = (metric: keyof Metrics, mean: number, halfWidth: number | null): Comparison => {
    const values = metrics.map((each) => each[metric] ?? 0);
    const ours = estimate(values);
    // The interval is Student's, so the standard deviation follows from its half width.
    const own = halfWidth === null ? ours.deviation : (halfWidth * Math.sqrt(runs)) / quantile;
    // Of four runs that happen to lie close together the spread says nothing: ours stands in, if there are more of ours.
    const deviation = runs < few && values.length > runs ? ours.deviation : own;
    const reference = { mean, deviation, runs, halfWidth: (quantile * own) / Math.sqrt(runs) };
    const relative = mean === 0 && Math.abs(ours.mean) < 1e-9 ? 0 : ours.mean / mean - 1;
    const falseP = drawsOf(values, runs, metric).map(([drawn, rest]) => test(rest, estimateOfMean(drawn)));
    return { metric, ours, reference, relative, p: test(values, reference), tested: halfWidth !== null, falseP };
  };
  return [
    ...tested.map(([metric, column, unit]) =>
      comparison(metric, numberOf(row, `${column}_mean_${unit}`), numberOf(row, `${column}_ci95_${unit}`)),
    ),
    ...pointMetrics.map(([metric, column]) => comparison(metric, numberOf(row, column), null)),
  ];
}

/** Fewer runs than this do not say how far runs spread. */
const few = 10;
/** Draws of our own runs in the place of the reference. */
const draws = 40;
/** Runs whose skewness is beyond this are not held against Student's t. */
const skewed = 1;

/**
 * Whether a mean over a few runs may come from the same distribution as our runs. Both sides have the spread of ours
 * (the null hypothesis says so), so it is Student's t with as many degrees as we have runs less one. Where our runs are
 * skewed, as with requests that start from scratch again and again, it is the rank of the reference's mean among means
 * over as many of our own runs.
 * @returns two-sided p
 */
export function test(ours: readonly number[], reference: Pick<Estimate, 'mean' | 'runs'>): number {
  const { mean, deviation, runs } = estimate(ours);
  if (deviation === 0) return Math.abs(mean - reference.mean) <= 1e-9 * Math.abs(mean) ? 1 : 0;
  if (runs > reference.runs && Math.abs(skewnessOf(ours)) > skewed) return rankTest(ours, reference);
  const error = deviation * Math.sqrt(1 / runs + 1 / reference.runs);
  return 2 * tCdf(-Math.abs(mean - reference.mean) / error, runs - 1);
}

const resamples = 2000;

function rankTest(ours: readonly number[], reference: Pick<Estimate, 'mean' | 'runs'>): number {
  const random = randomFrom(1, 'rank', ours.length);
  let [below, above] = [1, 1];
  for (let sample = 0; sample < resamples; sample++) {
    let sum = 0;
    for (let n = 0; n < reference.runs; n++) sum += ours[random.below(ours.length)]!;
    if (sum / reference.runs <= reference.mean) below++;
    if (sum / reference.runs >= reference.mean) above++;
  }
  return Math.min(1, (2 * Math.min(below, above)) / (resamples + 1));
}

function skewnessOf(values: readonly number[]): number {
  const { mean, deviation, runs } = estimate(values);
  return values.reduce((sum, value) => sum + ((value - mean) / deviation) ** 3, 0) / runs;
}

const estimateOfMean = (values: readonly number[]) => ({ mean: estimate(values).mean, runs: values.length });

/** Some of the runs, and the others; nothing where there are too few for both. */
function drawsOf(values: readonly number[], count: number, name: string): [number[], number[]][] {
  if (values.length < count + few) return [];
  const random = randomFrom(1, 'draws', name);
  return Array.from({ length: draws }, () => {
    const rest = [...values];
    const drawn = Array.from({ length: count }, () => rest.splice(random.below(rest.length), 1)[0]!);
    return [drawn, rest];
  });
}

/** How far apart two means are at least, relative to the reference's, given what their spread explains at 99 %. */
export function unexplained({ ours, reference, relative }: Comparison): number {
  const [va, vb] = [ours.deviation ** 2 / ours.runs, reference.deviation ** 2 / reference.runs];
  if (va + vb === 0 || reference.mean === 0) return Math.abs(relative);
  const freedom = (va + vb) ** 2 / (va ** 2 / (ours.runs - 1) + vb ** 2 / (reference.runs - 1));
  const explained = (tQuantile(0.995, freedom) * Math.sqrt(va + vb)) / reference.mean;
  return Math.max(0, Math.abs(relative) - explained);
}

export function estimate(values: readonly number[]): Estimate {
  const runs = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / runs;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1));
  return { mean, deviation, runs, halfWidth: (tQuantile(0.975, runs - 1) * deviation) / Math.sqrt(runs) };
}

/** Means that the reference gives without an interval. */
export const pointMetrics = [
  ['startupDelay', 'startup_delay_mean_s'],
  ['processingTime', 'processing_time_mean_s'],
] as const;

/** Queues that grow without end: neither side is in a steady state, and small differences grow with them. */
export const isOverloaded = (row: Row, metrics: readonly Metrics[]): boolean =>
  numberOf(row, 'end_queue_length_mean') > 0.1 * numberOf(row, 'pus') ||
  estimate(metrics.map(({ endQueueLength }) => endQueueLength)).mean > 0.1 * numberOf(row, 'pus');
