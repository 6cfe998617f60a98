/**
 * One line of a calibration: asked, measured with its interval, and whether the difference is within the tolerance.
 * Being within has to be shown: the whole 95 % interval lies inside the limits, which is stricter than two one-sided
 * tests at 5 %.
 */
import { mean } from 'simple-statistics';
import type { CalibrationLine, CalibrationUnit, CalibrationVerdict } from '../result/calibration.js';
import { meanEstimate } from '../stats/estimate.js';
import { intervalOf } from '../stats/interval.js';
import { proportion } from '../stats/proportion.js';
import { sampleDeviation, sampleQuantile } from '../stats/sample.js';

/** What was asked, and how far off it may be. */
export interface Claim {
  readonly key: string;
  readonly what: string;
  readonly asked: number;
  /** In the same unit. */
  readonly tolerance: number;
}

interface Measured {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The mean of independent observations. */
export function meanLine(claim: Claim, unit: CalibrationUnit, sample: readonly number[]): CalibrationLine {
  const estimate = meanEstimate(sample);
  const interval = estimate && intervalOf(estimate);
  const measured = estimate && { value: estimate.value, low: interval?.low ?? null, high: interval?.high ?? null };
  return lineOf(claim, unit, measured, sample.length);
}

export const quantileLine = (
  claim: Claim,
  unit: CalibrationUnit,
  sample: readonly number[],
  p: number,
): CalibrationLine => lineOf(claim, unit, sampleQuantile(sample, p), sample.length);

export const deviationLine = (claim: Claim, unit: CalibrationUnit, sample: readonly number[]): CalibrationLine =>
  lineOf(claim, unit, sampleDeviation(sample), sample.length);

/** A share of trials, in percent. */
export function shareLine(claim: Claim, successes: number, trials: number): CalibrationLine {
  const share = proportion(successes, trials);
  const measured = share && { value: 100 * share.value, low: 100 * share.low, high: 100 * share.high };
  return lineOf(claim, 'percent', measured, trials);
}

/**
 * A rate from the mean of the gaps that it leaves, each so many bits long. A packet that is late makes one gap longer
 * and the next one shorter, so it is batches of gaps that are independent (batch means; A. M. Law, Simulation Modeling
 * and Analysis, 5th ed., 2015, section 9.5.3).
 */
export function rateLine(claim: Claim, bits: number, gaps: readonly number[]): CalibrationLine {
  const size = Math.floor(gaps.length / batches);
  const means = Array.from({ length: size > 0 ? batches : 0 }, (_, at) => mean(gaps.slice(at * size, (at + 1) * size)));
  const { measured, low, high } = meanLine(claim, 'bitsPerSecond', means);
  const rate = (gap: number | null) => (gap === null || gap <= 0 ? null : bits / gap);
  const value = rate(measured);
  return lineOf(
    claim,
    'bitsPerSecond',
    value === null ? null : { value, low: rate(high), high: rate(low) },
    gaps.length,
  );
}

function lineOf(claim: Claim, unit: CalibrationUnit, measured: Measured | null, n: number): CalibrationLine {
  const { key, what, asked, tolerance } = claim;
  const { value = null, low = null, high = null } = measured ?? {};
  return { key, what, unit, asked, measured: value, low, high, n, tolerance, verdict: verdictOf(claim, low, high) };
}

function verdictOf({ asked, tolerance }: Claim, low: number | null, high: number | null): CalibrationVerdict {
  if (low === null || high === null) return 'undecided';
  if (low >= asked - tolerance && high <= asked + tolerance) return 'within';
  return high < asked - tolerance || low > asked + tolerance ? 'outside' : 'undecided';
}

const batches = 10;

/** Of a whole calibration: what is not shown to be within is not. */
export const verdictOfAll = (lines: readonly CalibrationLine[]): CalibrationVerdict => {
  if (lines.some(({ verdict }) => verdict === 'outside')) return 'outside';
  return lines.some(({ verdict }) => verdict === 'undecided') ? 'undecided' : 'within';
};
