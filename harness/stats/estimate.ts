/** Estimates with a standard error: of means, and of ratios of totals. */
import { mean, sampleVariance } from 'simple-statistics';

/** A number that was estimated from independent units. */
export interface Estimate {
  readonly value: number;
  /** Null when a single unit says nothing about the spread. */
  readonly standardError: number | null;
  /** Of the standard error. */
  readonly degreesOfFreedom: number;
  /** Independent units behind it. */
  readonly units: number;
}

/** Fewer units than this are said to be few: the t interval of 3 is more than twice as wide as the normal one. */
export const smallBelow = 10;

/**
 * The mean of independent values, e.g. one per run.
 * @returns null for no values at all
 */
export function meanEstimate(values: readonly number[]): Estimate | null {
  const units = values.length;
  if (units === 0) return null;
  return {
    value: mean([...values]),
    standardError: units === 1 ? null : Math.sqrt(sampleVariance([...values]) / units),
    degreesOfFreedom: units - 1,
    units,
  };
}

/** What one block adds to a ratio of totals; for a mean the denominator is the number of its values. */
export interface Block {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * A ratio of totals, or a mean over clusters, when only the blocks are independent of each other: values within a
 * block may depend on each other as they like. Standard error by linearisation (W. G. Cochran, Sampling Techniques,
 * 3rd ed., 1977, eq. 6.13 without the finite population correction): the residuals are those of the blocks.
 * @returns null when there is nothing to divide by
 */
export function ratioEstimate(blocks: readonly Block[]): Estimate | null {
  const total = blocks.reduce((sum, { denominator }) => sum + denominator, 0);
  if (total === 0) return null;
  const units = blocks.length;
  const value = blocks.reduce((sum, { numerator }) => sum + numerator, 0) / total;
  const squares = blocks.reduce((sum, block) => sum + (block.numerator - value * block.denominator) ** 2, 0);
  return {
    value,
    standardError: units === 1 ? null : Math.sqrt((units / (units - 1)) * squares) / total,
    degreesOfFreedom: units - 1,
    units,
  };
}
