/**
 * Does a measurement agree with its reference? Not finding a difference is no agreement: few runs never find one. So
 * there are three outcomes, and agreement has to be shown by two one-sided tests (D. J. Schuirmann, A comparison of the
 * two one-sided tests procedure and the power approach …, J. Pharmacokinetics and Biopharmaceutics 15, 1987).
 */
import type { Contrast } from './difference.js';
import type { Estimate } from './estimate.js';
import { type Interval, intervalOf } from './interval.js';
import { tCdf, tQuantile } from './student.js';

export type Equivalence = 'agrees' | 'differs' | 'notEnoughData';

export interface EquivalenceTest {
  /** Of the difference itself. */
  readonly difference: Estimate;
  /** Two-sided, 95 %; null without a spread. */
  readonly interval: Interval | null;
  /** The larger one of the two one-sided tests' probabilities of error; null without a spread. */
  readonly p: number | null;
  readonly outcome: Equivalence;
}

/** Each one-sided test may err this often when it says `agrees`. */
const alpha = 0.05;
/** `differs` errs this often at most, on either side: it goes with the 95 % interval that is shown. */
const differsAlpha = 0.025;

/**
 * `agrees`: the measurement lies within `margin` of the reference, both one-sided tests at 5 %. `differs`: it lies
 * beyond the margin, at 2.5 % on its side; a significant difference that is too small to matter is none. As the margin
 * is a fraction of a reference which is itself an estimate, it is the ratio that is tested: `measured − (1 ± margin) ×
 * reference` (D. Hauschke, M. Kieser and L. A. Hothorn, Proof of safety in toxicology based on the ratio of two means
 * for normally distributed data, Biometrical Journal 41, 1999; with Welch's spread).
 * @param margin as a fraction, e.g. 0.1 for ±10 %
 */
export function testEquivalence(contrast: Contrast, margin: number, referenceValue: number): EquivalenceTest {
  const difference = contrast(1);
  if (difference.standardError === null) {
    return { difference, interval: null, p: null, outcome: 'notEnoughData' };
  }
  // The limits change places when the reference is negative.
  const [low, high] = referenceValue < 0 ? [1 + margin, 1 - margin] : [1 - margin, 1 + margin];
  const [above, below] = [contrast(low), contrast(high)];
  const p = Math.max(chanceAtLeast(above), chanceAtMost(below));
  const beyond = Math.min(chanceAtMost(above), chanceAtLeast(below));
  const outcome = p <= alpha ? 'agrees' : beyond <= differsAlpha ? 'differs' : 'notEnoughData';
  return { difference, interval: intervalOf(difference), p, outcome };
}

/** Probability of an estimate this low or lower, if the truth were zero. What has no spread is known for sure. */
export function chanceAtMost({ value, standardError, degreesOfFreedom }: Estimate): number {
  if (!standardError) return value <= 0 ? 0 : 1;
  return tCdf(value / standardError, degreesOfFreedom);
}

/** Probability of an estimate this high or higher, if the truth were zero. */
export const chanceAtLeast = (estimate: Estimate): number => chanceAtMost({ ...estimate, value: -estimate.value });

export interface PowerQuestion {
  /** What the difference is thought to be. */
  readonly difference: number;
  /** In the same unit, at least 0. */
  readonly margin: number;
  /** Standard deviation of one run's value. */
  readonly deviation: number;
  /** Standard error of the reference, which more measured runs leave as it is. */
  readonly referenceError: number;
}

/**
 * How many measured runs would settle it: the power for showing agreement when the difference is within the margin,
 * for showing the difference when it is beyond. By the central t distribution, as in S.-C. Chow, J. Shao and H. Wang,
 * Sample Size Calculations in Clinical Research, 2nd ed., 2008, sections 3.2.2 and 3.2.3.
 * @param power probability that they do. @defaultValue 0.8
 * @returns null when even `atMost` would not
 */
export function unitsNeeded(question: PowerQuestion, power = 0.8, atMost = 10_000): number | null {
  if (powerOf(question, atMost) < power) return null;
  // More units never take power away, so halving finds the first number that does.
  let [low, high] = [2, atMost];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (powerOf(question, middle) >= power) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Probability that so many units settle it. */
export function powerOf({ difference, margin, deviation, referenceError }: PowerQuestion, units: number): number {
  const error = Math.hypot(deviation / Math.sqrt(units), referenceError);
  const distance = Math.abs(difference);
  if (error === 0) return distance === margin ? 0 : 1;
  const freedom = units - 1;
  const passes = (room: number, level: number) => tCdf(room / error - tQuantile(1 - level, freedom), freedom);
  if (distance > margin) return passes(distance - margin, differsAlpha);
  return Math.max(0, passes(margin - distance, alpha) + passes(margin + distance, alpha) - 1);
}
