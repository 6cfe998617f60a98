import { mean, quantileSorted } from 'simple-statistics';
import type { DelaySummary } from '../result/summary.js';

/** Mean and quantiles (type 7: linear between observations) of a sample in its own unit; nulls for an empty one. */
export function summariseDelays(sample: readonly number[]): DelaySummary {
  if (sample.length === 0) return { count: 0, mean: null, p50: null, p95: null, p99: null, max: null };
  const sorted = [...sample].sort((a, b) => a - b);
  const at = (p: number) => quantileSorted(sorted, p);
  return { count: sorted.length, mean: mean(sorted), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1)! };
}
