/** Confidence intervals of Student's t. */
import type { Estimate } from './estimate.js';
import { tQuantile } from './student.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const defaultConfidence = 0.95;

/**
 * The two-sided interval about an estimate.
 * @param confidence between 0 and 1
 * @returns null when the spread is not known
 */
export function intervalOf(estimate: Estimate, confidence: number = defaultConfidence): Interval | null {
  const { value, standardError, degreesOfFreedom } = estimate;
  if (standardError === null) return null;
  const half = standardError === 0 ? 0 : standardError * tQuantile((1 + confidence) / 2, degreesOfFreedom);
  return { low: value - half, high: value + half };
}

/** Of the standard normal distribution, which Student's t with so many degrees is to seven digits. */
export const normalQuantile = (p: number): number => tQuantile(p, 1e8);
