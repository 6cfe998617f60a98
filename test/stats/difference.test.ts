import tCdf from '@stdlib/stats-base-dists-t-cdf';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { againstOne, oneAgainst, welch, wider } from '../../harness/stats/difference.js';
import { chanceAtLeast, chanceAtMost } from '../../harness/stats/equivalence.js';
import { meanEstimate } from '../../harness/stats/estimate.js';
import { intervalOf } from '../../harness/stats/interval.js';
import { sleep } from './published.js';

const [first, second] = [meanEstimate(sleep.first)!, meanEstimate(sleep.second)!];
const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 20 });

describe('Welch’s difference', () => {
  // R's documentation of t.test, example `t.test(extra ~ group, data = sleep)` (the data: Student, The probable error
  // of a mean, Biometrika 6, 1908): t = −1.8608, df = 17.776, p = 0.07939, 95 % interval −3.3654832 to 0.2054832.
  it('gives R’s result for Student’s sleep data', () => {
    const difference = welch(first, second)(1);
    const t = difference.value / difference.standardError!;
    expect(t).toBeCloseTo(-1.8608, 4);
    expect(difference.degreesOfFreedom).toBeCloseTo(17.776, 3);
    expect(2 * tCdf(t, difference.degreesOfFreedom)).toBeCloseTo(0.07939, 5);
    expect(intervalOf(difference)!.low).toBeCloseTo(-3.3654832, 6);
    expect(intervalOf(difference)!.high).toBeCloseTo(0.2054832, 6);
  });

  // NIST/SEMATECH e-Handbook, section 1.3.5.3, two-sample t-test for AUTO83B.DAT, variances not assumed equal:
  // T = −12.94627 with 136.8750 degrees of freedom.
  it('gives NIST’s result for the mileage of cars', () => {
    const american = { value: 20.14458, standardError: 6.4147 / Math.sqrt(249), degreesOfFreedom: 248, units: 249 };
    const japanese = { value: 30.48101, standardError: 6.10771 / Math.sqrt(79), degreesOfFreedom: 78, units: 79 };
    const { value, standardError, degreesOfFreedom } = welch(american, japanese)(1);
    expect(value / standardError!).toBeCloseTo(-12.94627, 3);
    expect(degreesOfFreedom).toBeCloseTo(136.875, 2);
  });

  // The vignette "Introduction to t_TOST" of the R package TOSTER: the sleep data, bounds ±0.5, Welch:
  // lower t = −1.272, p = 0.890; upper t = −2.450, p = 0.012.
  it('gives the two one-sided tests of TOSTER’s vignette', () => {
    const difference = welch(first, second)(1);
    expect(chanceAtLeast({ ...difference, value: difference.value + 0.5 })).toBeCloseTo(0.89, 3);
    expect(chanceAtMost({ ...difference, value: difference.value - 0.5 })).toBeCloseTo(0.012, 3);
  });

  it('takes an exact reference for a number', () => {
    const exact = { value: 1, standardError: 0, degreesOfFreedom: 9, units: 10 };
    const { standardError, degreesOfFreedom } = welch(first, exact)(1);
    expect(standardError).toBeCloseTo(first.standardError!, 12);
    expect(degreesOfFreedom).toBeCloseTo(9, 9);
  });

  it('changes its sign, and nothing else, when the sides change places', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [there, back] = [
          welch(meanEstimate(a)!, meanEstimate(b)!)(1),
          welch(meanEstimate(b)!, meanEstimate(a)!)(1),
        ];
        expect(there.value).toBeCloseTo(-back.value, 9);
        expect(there.standardError).toBeCloseTo(back.standardError!, 9);
        expect(there.degreesOfFreedom).toBeCloseTo(back.degreesOfFreedom, 6);
      }),
    );
  });

  it('has between the smaller side’s and both sides’ degrees of freedom', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const { degreesOfFreedom } = welch(meanEstimate(a)!, meanEstimate(b)!)(1);
        expect(degreesOfFreedom).toBeGreaterThanOrEqual(Math.min(a.length, b.length) - 1 - 1e-6);
        expect(degreesOfFreedom).toBeLessThanOrEqual(a.length + b.length - 2 + 1e-6);
      }),
    );
  });
});

describe('one run against several', () => {
  // Crawford and Howell (1998), example on page 483: a score of 33 against 15 controls with mean 50 and deviation 10:
  // t = −17 / (10 √(16/15)) = −1.646 with 14 degrees of freedom.
  it('gives Crawford and Howell’s example', () => {
    const controls = { value: 50, standardError: 10 / Math.sqrt(15), degreesOfFreedom: 14, units: 15 };
    const { value, standardError, degreesOfFreedom } = oneAgainst(33, controls)(1);
    expect(value / standardError!).toBeCloseTo(-1.646, 3);
    expect(degreesOfFreedom).toBe(14);
  });

  it('is the same whichever side the single run is on', () => {
    const [there, back] = [oneAgainst(2, first)(1), againstOne(first, 2)(1)];
    expect(there.value).toBeCloseTo(-back.value, 12);
    expect(there.standardError).toBeCloseTo(back.standardError!, 12);
  });

  it('claims what the wider interval claims', () => {
    const narrow = oneAgainst(2, { value: 1, standardError: 0.001, degreesOfFreedom: 99, units: 100 });
    const wide = welch(first, second);
    const none = oneAgainst(2, meanEstimate([1])!);
    expect(wider(narrow, wide)).toBe(wide);
    expect(wider(wide, narrow)).toBe(wide);
    expect(wider(none, narrow)).toBe(narrow);
  });
});
