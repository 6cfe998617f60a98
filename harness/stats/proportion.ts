import { defaultConfidence, type Interval, normalQuantile } from './interval.js';

/**
 * The share of trials that succeeded, with Wilson's score interval, which stays within 0 and 1 and says something even
 * when none or all did (E. B. Wilson, Probable inference, the law of succession, and statistical inference, J. American
 * Statistical Association 22, 1927).
 * @returns null without trials
 */
export function proportion(
  successes: number,
  trials: number,
  confidence: number = defaultConfidence,
): ({ readonly value: number } & Interval) | null {
  if (trials === 0) return null;
  const z = normalQuantile((1 + confidence) / 2);
  const value = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (value + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / trials + z ** 2 / (4 * trials ** 2));
  // Exactly, where rounding would leave a trace.
  return { value, low: successes === 0 ? 0 : centre - half, high: successes === trials ? 1 : centre + half };
}
