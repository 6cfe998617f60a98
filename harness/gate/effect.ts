/**
 * How much worse a metric got, as an estimate over runs: positive is worse. By the logarithm of old and new where all
 * values are positive, so that half and double are equally far; else by their difference.
 */
import type { GateMetricName } from '../experiment/gate.js';
import { welch } from '../stats/difference.js';
import { type Estimate, meanEstimate } from '../stats/estimate.js';
import { gateMetrics } from './metrics.js';

export type Scale = 'ratio' | 'difference';

/** Values of one metric, one per run; null where a run has none. Runs at the same place have the same seed. */
export interface TwoSides {
  readonly old: readonly (number | null)[];
  readonly new: readonly (number | null)[];
  /** Whether runs of the same seed are held against each other, one by one. */
  readonly paired: boolean;
}

export interface Effect {
  readonly scale: Scale;
  /** Positive is worse. */
  readonly estimate: Estimate;
}

/** @returns null when one of the sides has no value */
export function effectOf(metric: GateMetricName, sides: TwoSides): Effect | null {
  const { better } = gateMetrics[metric];
  const [before, after] = sides.paired ? pairsOf(sides) : [present(sides.old), present(sides.new)];
  if (before.length === 0 || after.length === 0) return null;
  const scale: Scale = isRatio(metric, [...before, ...after]) ? 'ratio' : 'difference';
  const sign = better === 'lower' ? 1 : -1;
  const read = (value: number) => sign * (scale === 'ratio' ? Math.log(value) : value);
  if (sides.paired) {
    return { scale, estimate: meanEstimate(after.map((value, at) => settled(read(value) - read(before[at]!))))! };
  }
  const estimate = welch(meanEstimate(after.map(read))!, meanEstimate(before.map(read))!)(1);
  return { scale, estimate: { ...estimate, value: settled(estimate.value) } };
}

/** Logarithms need values above zero. */
export const isRatio = (metric: GateMetricName, values: readonly number[]): boolean =>
  gateMetrics[metric].scale === 'ratio' && values.every((value) => value > 0);

/** What is left of a difference of logarithms of equal numbers is no difference. */
const settled = (value: number): number => (Math.abs(value) < 1e-9 ? 0 : value);

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/** Of places where both sides have a value. */
function pairsOf({ old, new: fresh }: TwoSides): [number[], number[]] {
  const places = fresh.flatMap((value, at) => (value !== null && (old[at] ?? null) !== null ? [at] : []));
  return [places.map((at) => old[at]!), places.map((at) => fresh[at]!)];
}

/**
 * The limit on the effect's own scale.
 * @param limit a fraction of the old value for a ratio, else in the metric's unit
 */
export function limitOnScale(metric: GateMetricName, scale: Scale, limit: number, oldMean: number): number {
  const { better, scale: usual } = gateMetrics[metric];
  // A ratio that cannot be taken, for a value is zero: the same fraction, as a difference.
  if (scale === 'difference') return usual === 'ratio' ? limit * Math.abs(oldMean) : limit;
  return better === 'lower' ? Math.log1p(limit) : -Math.log1p(-Math.min(limit, 0.99));
}

/**
 * An effect as people read it, in the metric's own direction: a fraction of the old value (−0.2 is 20 % less), or a
 * difference.
 */
export function asChange(metric: GateMetricName, scale: Scale, effect: number): number {
  const signed = gateMetrics[metric].better === 'lower' ? effect : -effect;
  return scale === 'ratio' ? Math.expm1(signed) : signed;
}
