/** What an experiment says about how `rsplab gate` judges it; everything has a default. */
import { z } from 'zod';
import type { Duration } from '../base/units.js';

/** What is told by mean, 95 % quantile and maximum of a run. */
export const delayFamilies = ['failoverDelay', 'detection', 'selection', 'connection', 'resumption'] as const;
export const delayStatistics = ['mean', 'p95', 'max'] as const;

/** What a run is to the gate: one value for each of these. */
export const gateMetricNames = [
  ...delayFamilies.flatMap((family) => delayStatistics.map((statistic) => `${family}.${statistic}` as const)),
  'handlingSpeed',
  'handlingTime',
  'utilisation',
  'requestsLost',
  'repeatedWork',
  'failovers',
  'takeover',
  'rehoming',
] as const;
export type GateMetricName = (typeof gateMetricNames)[number];

/** Limits may be set for a metric, or for mean, quantile and maximum of a delay at once. */
export type LimitName = GateMetricName | (typeof delayFamilies)[number];
export const limitNames: readonly LimitName[] = [...delayFamilies, ...gateMetricNames];

const pointValue = z.union([z.string(), z.number(), z.boolean()]);

export const gateSchema = z.strictObject({
  points: z.array(z.record(z.string(), pointValue)).min(1).optional(),
  replications: z.int().min(2).optional(),
  budget: z.int().min(2).optional(),
  limits: z
    .strictObject(Object.fromEntries(limitNames.map((name) => [name, z.number().positive().optional()])))
    .optional(),
});

export interface GateOptions<P = Readonly<Record<string, string | number | boolean>>> {
  /** At which points it is judged; what one leaves open takes its first value. @defaultValue that of a run */
  readonly points?: readonly Partial<P>[];
  /** Runs per point before the first judgement, and between two. @defaultValue 8 */
  readonly replications?: number;
  /** Runs per point at most, those apart that confirm a failure. @defaultValue 24 */
  readonly budget?: number;
  /**
   * How much worse a metric may get: a fraction (0.1 is 10 %) of most, percentage points of `requestsLost`, failovers
   * of `failovers`, seconds of capacity of `repeatedWork`.
   */
  readonly limits?: Readonly<Partial<Record<LimitName, number | Duration>>>;
}
