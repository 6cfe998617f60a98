/** One metric at one look: how far new runs are from old ones, and on which side of the limit that surely is. */
import type { GateMetricName } from '../experiment/gate.js';
import { chanceAtLeast } from '../stats/equivalence.js';
import type { Estimate } from '../stats/estimate.js';
import { tCdf, tQuantile } from '../stats/student.js';
import { type Effect, effectOf, limitOnScale, type TwoSides } from './effect.js';
import { type Limit, type LimitContext, limitFor } from './limits.js';
import { gateMetrics } from './metrics.js';

export interface Weighed {
  readonly metric: GateMetricName;
  readonly sides: TwoSides;
  /** Null when one of the sides has no value. */
  readonly effect: Effect | null;
  readonly limit: Limit;
  /** The limit on the effect's scale. */
  readonly margin: number;
  /** Of an effect as bad as this, or worse, if the truth were just at the limit; 1 where the spread is not known. */
  readonly failChance: number;
}

export function weigh(metric: GateMetricName, sides: TwoSides, context: LimitContext): Weighed {
  const old = sides.old.filter((value) => value !== null);
  const limit = limitFor(metric, old, context);
  const effect = effectOf(metric, sides);
  if (effect === null) return { metric, sides, effect, limit, margin: 0, failChance: 1 };
  const { scale, estimate } = effect;
  const oldMean = old.reduce((sum, value) => sum + value, 0) / old.length;
  const margin = limitOnScale(metric, scale, limit.value, oldMean);
  const beyond = { ...estimate, value: estimate.value - margin };
  return { metric, sides, effect, limit, margin, failChance: chanceBeyond(beyond) };
}

/** Nothing beyond the limit is no reason to fail, however sure it is. */
const chanceBeyond = (beyond: Estimate): number =>
  beyond.standardError === null || (beyond.standardError === 0 && beyond.value <= 0) ? 1 : chanceAtLeast(beyond);

/** The one-sided bounds of an effect at two levels; null where the spread is not known. */
export function boundsOf({ estimate }: Effect, lowLevel: number, highLevel: number) {
  const { value, standardError, degreesOfFreedom } = estimate;
  if (standardError === null) return null;
  const at = (level: number) => (standardError === 0 ? 0 : standardError * tQuantile(1 - level, degreesOfFreedom));
  return { low: value - at(lowLevel), high: value + at(highLevel) };
}

/** Whether it surely got better, by an amount that matters: more than half of the limit. */
export function isImproved({ effect, margin }: Weighed, level: number): boolean {
  if (effect === null || effect.estimate.standardError === null) return false;
  return effect.estimate.value < -margin / 2 && boundsOf(effect, level, level)!.high < 0;
}

const sure = 0.8;
const mostRuns = 10_000;

/**
 * How many runs on each side would bring the nearer bound past the limit with a probability of 80 %, if the effect is
 * what it seems.
 * @returns null when the spread is not known, or {@link mostRuns} would not do
 */
export function runsNeeded({ effect, margin, sides }: Weighed, failLevel: number, passLevel: number): number | null {
  if (effect === null || !effect.estimate.standardError) return null;
  const { value, standardError, units } = effect.estimate;
  const distance = Math.abs(value - margin);
  const level = value > margin ? failLevel : passLevel;
  // Of one run on each side, so that runs on both sides make it smaller.
  const deviation = standardError * Math.sqrt(sides.paired ? units : balanced(sides));
  const settles = (runs: number) => {
    const freedom = sides.paired ? runs - 1 : 2 * runs - 2;
    return tCdf(distance / (deviation / Math.sqrt(runs)) - tQuantile(1 - level, freedom), freedom) >= sure;
  };
  if (!settles(mostRuns)) return null;
  let [low, high] = [2, mostRuns];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (settles(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** As many runs on each side as these are worth: the harmonic mean. */
function balanced({ old, new: fresh }: TwoSides): number {
  const [a, b] = [old, fresh].map((values) => values.filter((value) => value !== null).length) as [number, number];
  return 2 / (1 / a + 1 / b);
}

export const isWorse = (metric: GateMetricName, before: number, after: number): boolean =>
  gateMetrics[metric].better === 'lower' ? after > before : after < before;
