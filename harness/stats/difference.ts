/** Differences between two independent estimates, e.g. what was measured and what was predicted. */
import type { Estimate } from './estimate.js';
import { intervalOf } from './interval.js';

/** Gives the estimate of `measured − factor × reference`. */
export type Contrast = (factor: number) => Estimate;

/**
 * For two estimates whose spreads need not be equal: B. L. Welch, The generalization of "Student's" problem when
 * several different population variances are involved, Biometrika 34 (1947), with Satterthwaite's degrees of freedom.
 * An estimate that is exact (no spread, e.g. of a deterministic model) adds nothing to them.
 */
export const welch =
  (measured: Estimate, reference: Estimate): Contrast =>
  (factor) => {
    const value = measured.value - factor * reference.value;
    const units = Math.min(measured.units, reference.units);
    if (measured.standardError === null || reference.standardError === null) {
      return { value, standardError: null, degreesOfFreedom: 0, units };
    }
    const [a, b] = [measured.standardError ** 2, (factor * reference.standardError) ** 2];
    const spread = a + b;
    // Shares of the spread rather than squares of it, which would vanish in a double for spreads of nanoseconds.
    const slack =
      spread === 0 ? 0 : (a / spread) ** 2 / measured.degreesOfFreedom + (b / spread) ** 2 / reference.degreesOfFreedom;
    return {
      value,
      standardError: Math.sqrt(spread),
      degreesOfFreedom: slack === 0 ? measured.degreesOfFreedom + reference.degreesOfFreedom : 1 / slack,
      units,
    };
  };

/**
 * For a single run, which knows nothing of the spread between runs: it is taken to have the spread that the reference's
 * runs have. J. R. Crawford and D. C. Howell, Comparing an individual's test score against norms derived from small
 * samples, The Clinical Neuropsychologist 12 (1998): a standard error of `s √(1 + 1/n)` with n − 1 degrees of freedom.
 * @param reference the mean of n independent runs
 */
export const oneAgainst =
  (value: number, reference: Estimate): Contrast =>
  (factor) => {
    const { standardError, degreesOfFreedom, units } = reference;
    const spread = standardError === null ? null : standardError * Math.sqrt(units);
    return {
      value: value - factor * reference.value,
      standardError: spread === null ? null : spread * Math.sqrt(1 + factor ** 2 / units),
      degreesOfFreedom,
      units: 1,
    };
  };

/** {@link oneAgainst} the other way round: several measured runs, and a reference of one. */
export const againstOne =
  (measured: Estimate, reference: number): Contrast =>
  (factor) => {
    const { standardError, degreesOfFreedom, units } = measured;
    const spread = standardError === null ? null : standardError * Math.sqrt(units);
    return {
      value: measured.value - factor * reference,
      standardError: spread === null ? null : spread * Math.sqrt(1 / units + factor ** 2),
      degreesOfFreedom,
      units: 1,
    };
  };

/** The contrast that claims less: the one with the wider interval; the other one where one has none. */
export function wider(a: Contrast, b: Contrast): Contrast {
  const width = (contrast: Contrast) => {
    const interval = intervalOf(contrast(1));
    return interval === null ? -1 : interval.high - interval.low;
  };
  return width(a) >= width(b) ? a : b;
}
