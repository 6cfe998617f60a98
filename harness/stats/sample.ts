/** What a sample of independent observations says about the distribution it comes from, without assuming its shape. */
import { quantileSorted, sampleKurtosis, sampleStandardDeviation } from 'simple-statistics';
import { defaultConfidence, type Interval, normalQuantile } from './interval.js';

/** The ends are null where the sample is too small to tell. */
export interface SampleEstimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * A quantile between two order statistics: so many observations lie below a quantile as a binomial variable says (W. J.
 * Conover, Practical Nonparametric Statistics, 3rd ed., 1999, section 3.2).
 * @param p between 0 and 1
 * @returns null for an empty sample
 */
export function sampleQuantile(
  sample: readonly number[],
  p: number,
  confidence: number = defaultConfidence,
): SampleEstimate | null {
  if (sample.length === 0) return null;
  const sorted = [...sample].sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  const below = binomialPlace(sorted.length, p, tail);
  const above = binomialPlace(sorted.length, p, 1 - tail) + 1;
  return {
    value: quantileSorted(sorted, p),
    // Counted from 1: the 0th and the one after the last do not exist.
    low: sorted[below - 1] ?? null,
    high: sorted[above - 1] ?? null,
  };
}

/** The smallest number that a binomial variable does not exceed with at least the given probability. */
function binomialPlace(trials: number, p: number, probability: number): number {
  let term = trials * Math.log1p(-p);
  let sum = 0;
  for (let count = 0; count < trials; count++) {
    sum += Math.exp(term);
    if (sum >= probability) return count;
    term += Math.log((trials - count) / (count + 1)) + Math.log(p / (1 - p));
  }
  return trials;
}

/**
 * The standard deviation, with an interval from the spread of the squares, for any distribution with a fourth moment:
 * the variance of a sample variance is about (κ − 1)σ⁴/n (A. W. van der Vaart, Asymptotic Statistics, 1998, example
 * 3.2), taken to the logarithm, on which its distribution is less skewed.
 * @returns null for fewer than four observations, or equal ones
 */
export function sampleDeviation(
  sample: readonly number[],
  confidence: number = defaultConfidence,
): ({ readonly value: number } & Interval) | null {
  if (sample.length < 4) return null;
  const value = sampleStandardDeviation([...sample]);
  if (value === 0) return null;
  const kurtosis = sampleKurtosis([...sample]) + 3;
  const half = normalQuantile((1 + confidence) / 2) * Math.sqrt(Math.max(0, kurtosis - 1) / (4 * sample.length));
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
}
