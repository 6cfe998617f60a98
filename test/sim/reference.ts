/** Reference results of RSPSIM and how ours are held against them: shared by the fast and the full agreement test. */
import { readFileSync } from 'node:fs';
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { parse } from 'csv-parse/sync';
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
  /** Of Welch's test for equal means. */
  readonly p: number;
  /** Whether the reference gives an interval; where it does not, its spread is taken to be ours. */
  readonly tested: boolean;
}

/** Metrics that are held against the reference by Welch's test, and the columns that they are in. */
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
    const ours = estimate(metrics.map((each) => each[metric] ?? 0));
    // The interval is Student's, so the standard deviation follows from its half width.
    const deviation = halfWidth === null ? ours.deviation : (halfWidth * Math.sqrt(runs)) / quantile;
    const reference = { mean, deviation, runs, halfWidth: (quantile * deviation) / Math.sqrt(runs) };
    const relative = mean === 0 && Math.abs(ours.mean) < 1e-9 ? 0 : ours.mean / mean - 1;
    return { metric, ours, reference, relative, p: welch(ours, reference), tested: halfWidth !== null };
  };
  return [
    ...tested.map(([metric, column, unit]) =>
      comparison(metric, numberOf(row, `${column}_mean_${unit}`), numberOf(row, `${column}_ci95_${unit}`)),
    ),
    ...pointMetrics.map(([metric, column]) => comparison(metric, numberOf(row, column), null)),
  ];
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

/** Two-sided p of Welch's test, with his and Satterthwaite's degrees of freedom. */
export function welch(a: Estimate, b: Estimate): number {
  const [va, vb] = [a.deviation ** 2 / a.runs, b.deviation ** 2 / b.runs];
  if (va + vb === 0) return a.mean === b.mean ? 1 : 0;
  const t = Math.abs(a.mean - b.mean) / Math.sqrt(va + vb);
  const freedom = (va + vb) ** 2 / (va ** 2 / (a.runs - 1) + vb ** 2 / (b.runs - 1));
  return 2 * tCdf(-t, freedom);
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
