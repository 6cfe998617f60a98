import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanEstimate, ratioEstimate } from '../../harness/stats/estimate.js';
import { intervalOf } from '../../harness/stats/interval.js';

const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 30 });

describe('means with Student-t intervals', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.5.2, confidence limits for the mean of ZARR13.DAT:
  // n = 195, mean 9.261460, standard deviation 0.022789; 9.258242 to 9.264679 at 95 %.
  it('gives the confidence limits of NIST’s heat flow data', () => {
    const estimate = { value: 9.26146, standardError: 0.022789 / Math.sqrt(195), degreesOfFreedom: 194, units: 195 };
    const interval = intervalOf(estimate)!;
    expect(interval.low).toBeCloseTo(9.258242, 5);
    expect(interval.high).toBeCloseTo(9.264679, 5);
  });

  // NIST Statistical Reference Datasets, univariate, NumAcc1 (certified: mean 10000002, standard deviation 1) and
  // NumAcc2 (1.2, then 1.1 and 1.3 in turn 500 times; certified: mean 1.2, standard deviation 0.1).
  it('meets NIST’s certified values where digits cancel', () => {
    const first = meanEstimate([10000001, 10000003, 10000002])!;
    expect(first.value).toBe(10000002);
    expect(first.standardError).toBeCloseTo(1 / Math.sqrt(3), 12);
    const second = meanEstimate([1.2, ...Array.from({ length: 1000 }, (_, index) => (index % 2 ? 1.3 : 1.1))])!;
    expect(second.value).toBeCloseTo(1.2, 12);
    expect(second.standardError).toBeCloseTo(0.1 / Math.sqrt(1001), 12);
  });

  it('knows no interval of a single value, and no mean of none', () => {
    expect(intervalOf(meanEstimate([3])!)).toBeNull();
    expect(meanEstimate([])).toBeNull();
  });

  it('gives an interval about the mean that a higher confidence widens', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const estimate = meanEstimate(sample)!;
        const [narrow, wide] = [intervalOf(estimate, 0.9)!, intervalOf(estimate, 0.99)!];
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(narrow.low).toBeLessThanOrEqual(estimate.value);
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high);
      }),
    );
  });
});

describe('ratios of totals over blocks', () => {
  it('is the mean with its standard error when each block has one value', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const ratio = ratioEstimate(sample.map((numerator) => ({ numerator, denominator: 1 })))!;
        const mean = meanEstimate(sample)!;
        expect(ratio.value).toBeCloseTo(mean.value, 8);
        expect(ratio.standardError).toBeCloseTo(mean.standardError!, 8);
      }),
    );
  });

  // Cochran's linearisation by hand: 30/10; residuals 12 − 3·4 = 0, 6 − 3·4 = −6, 12 − 3·2 = 6;
  // √(3/2 · 72) / 10 = 1.0392.
  it('takes its spread from the blocks, not from the values in them', () => {
    const blocks = [
      { numerator: 12, denominator: 4 },
      { numerator: 6, denominator: 4 },
      { numerator: 12, denominator: 2 },
    ];
    expect(ratioEstimate(blocks)).toEqual({
      value: 3,
      standardError: expect.closeTo(1.0392, 4),
      degreesOfFreedom: 2,
      units: 3,
    });
  });

  it('knows no ratio without anything to divide by', () => {
    expect(ratioEstimate([])).toBeNull();
    expect(ratioEstimate([{ numerator: 0, denominator: 0 }])).toBeNull();
  });
});
