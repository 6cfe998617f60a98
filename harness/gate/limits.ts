/**
 * How much worse a metric may get. What somebody set holds as it is. A default limit that is finer than the noise would
 * only ever end in "cannot say", so it is widened to what the budget of runs can hold, and the baseline and the report
 * say so; where runs of the same seed are held against each other there is no need to.
 */
import { mean } from 'simple-statistics';
import type { GateMetricName, LimitName } from '../experiment/gate.js';
import { meanEstimate } from '../stats/estimate.js';
import { tQuantile } from '../stats/student.js';
import { gateMetrics, limitSetFor } from './metrics.js';

export const limitReasons = ['set', 'default', 'noise'] as const;

export interface Limit {
  /** A fraction of the old value for a ratio, else in the metric's unit. */
  readonly value: number;
  /** `set` by somebody, the `default`, or as fine as the `noise` lets it be. */
  readonly why: (typeof limitReasons)[number];
}

export interface LimitContext {
  readonly limits: Readonly<Partial<Record<LimitName, number>>>;
  /** Whether a default may be widened: not where runs of the same seed are held against each other on one machine. */
  readonly widen: boolean;
  /** Runs per point at most, of the new side and of the old one. */
  readonly budget: { readonly new: number; readonly old: number };
  /** Of the bound that must be below the limit. */
  readonly passLevel: number;
}

/**
 * An unchanged program gets below a widened limit with this probability within the budget, metric by metric: of twenty
 * metrics all do in 96 of 100 gates.
 */
const sureToPass = 0.998;

/** @param old values of the old side, one per run */
export function limitFor(metric: GateMetricName, old: readonly number[], context: LimitContext): Limit {
  const set = limitSetFor(metric, context.limits);
  if (set !== undefined) return { value: set, why: 'set' };
  const standard = standardLimit(metric, old);
  if (!context.widen) return { value: standard, why: 'default' };
  const noise = holdable(metric, old, context);
  // Two digits, upwards: a limit is to be read, and to stay where it is when the noise hardly changes.
  return noise > standard ? { value: roundedUp(noise), why: 'noise' } : { value: standard, why: 'default' };
}

function standardLimit(metric: GateMetricName, old: readonly number[]): number {
  const { limit, atLeast, scale } = gateMetrics[metric];
  const level = old.length === 0 ? 0 : Math.abs(mean([...old]));
  if (scale === 'difference') return Math.max(atLeast, limit * level);
  return level === 0 ? limit : Math.max(limit, atLeast / level);
}

/** The finest limit below which the whole budget shows an unchanged program to be. */
function holdable(metric: GateMetricName, old: readonly number[], { budget, passLevel }: LimitContext): number {
  const { scale, better } = gateMetrics[metric];
  const ratio = scale === 'ratio' && old.every((value) => value > 0);
  const estimate = meanEstimate(ratio ? old.map(Math.log) : old);
  if (!estimate?.standardError) return 0;
  const deviation = estimate.standardError * Math.sqrt(estimate.units);
  const error = deviation * Math.sqrt(1 / budget.new + 1 / budget.old);
  const freedom = Math.max(1, Math.min(budget.new, budget.old) - 1);
  const distance = (tQuantile(1 - passLevel, freedom) + tQuantile(sureToPass, freedom)) * error;
  if (!ratio) return scale === 'ratio' ? distance / Math.abs(mean([...old])) : distance;
  return better === 'lower' ? Math.expm1(distance) : -Math.expm1(-distance);
}

function roundedUp(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / step - 1e-9) * step).toPrecision(2));
}
