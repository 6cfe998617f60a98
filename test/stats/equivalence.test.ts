import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { welch } from '../../harness/stats/difference.js';
import { powerOf, testEquivalence, unitsNeeded } from '../../harness/stats/equivalence.js';
import { type Estimate, meanEstimate } from '../../harness/stats/estimate.js';

const estimate = (value: number, standardError: number, units: number): Estimate => ({
  value,
  standardError,
  degreesOfFreedom: units - 1,
  units,
});
const outcomeOf = (measured: Estimate, predicted: Estimate, margin = 0.1) =>
  testEquivalence(welch(measured, predicted), margin, predicted.value).outcome;

describe('agreement within a margin', () => {
  it('agrees when the measurement surely lies within the margin', () => {
    expect(outcomeOf(estimate(1.02, 0.01, 20), estimate(1, 0.005, 100))).toBe('agrees');
  });

  it('differs when the measurement surely lies beyond the margin, on either side', () => {
    expect(outcomeOf(estimate(1.3, 0.02, 20), estimate(1, 0.005, 100))).toBe('differs');
    expect(outcomeOf(estimate(0.7, 0.02, 20), estimate(1, 0.005, 100))).toBe('differs');
  });

  it('does not take the want of a significant difference for agreement', () => {
    expect(outcomeOf(estimate(1.02, 0.2, 5), estimate(1, 0.005, 100))).toBe('notEnoughData');
  });

  it('does not take a difference that is significant but small for one that matters', () => {
    const test = testEquivalence(welch(estimate(1.03, 0.005, 50), estimate(1, 0.001, 100)), 0.1, 1);
    expect(test.interval!.low).toBeGreaterThan(0);
    expect(test.outcome).toBe('agrees');
  });

  it('decides by the numbers themselves where nothing spreads', () => {
    expect(outcomeOf(estimate(0, 0, 3), estimate(0, 0, 100))).toBe('agrees');
    expect(outcomeOf(estimate(0.01, 0, 3), estimate(0, 0, 100))).toBe('differs');
    expect(outcomeOf(estimate(1.05, 0, 3), estimate(1, 0, 100))).toBe('agrees');
    expect(outcomeOf(estimate(1.2, 0, 3), estimate(1, 0, 100))).toBe('differs');
  });

  it('says nothing without a spread', () => {
    const single = meanEstimate([1])!;
    expect(testEquivalence(welch(single, estimate(1, 0.01, 9)), 0.1, 1)).toMatchObject({
      p: null,
      outcome: 'notEnoughData',
    });
  });

  it('does not depend on the unit, nor on the sign', () => {
    const number = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(number, number, number, number, fc.constantFrom(1e-9, 1e6, -1), (m, p, sm, sp, unit) => {
        const scaled = (value: number, error: number) => estimate(value * unit, Math.abs(error * unit), 8);
        expect(outcomeOf(scaled(m, sm), scaled(p, sp))).toBe(outcomeOf(estimate(m, sm, 8), estimate(p, sp, 8)));
      }),
    );
  });

  // Level 5 %: at the margin's very edge, where the truth is no agreement, 2,000 experiments claim it in 100 ± 4·√95.
  it('claims an agreement that is none in at most 5 % of experiments', () => {
    const random = randomFrom(7, 'level');
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
    const runs = (mean: number, count: number) =>
      meanEstimate(Array.from({ length: count }, () => mean + 0.05 * normal()))!;
    let claims = 0;
    for (let trial = 0; trial < 2000; trial++) if (outcomeOf(runs(1.1, 6), runs(1, 40)) === 'agrees') claims++;
    expect(claims).toBeGreaterThan(60);
    expect(claims).toBeLessThanOrEqual(100 + 4 * Math.sqrt(95));
  });
});

describe('how many runs would do', () => {
  // Chow, Shao and Wang, Sample Size Calculations in Clinical Research, 2nd ed., section 3.2.5: deviation 10 %, margin
  // 5 %, difference 1 %, level 5 %, power 80 %: n = (z₀.₀₅ + z₀.₁₀)² · 2 · 0.1² / (0.05 − 0.01)² = 107 per group by the
  // normal distribution. In their formula both tests may fail alike, which is too careful when the difference is not
  // zero: each side alone asks for (1.645 + 0.842)² · 0.02 / 0.04² = 77.
  it('lies between the bounds of the textbook’s example', () => {
    const bothGroups = { difference: 0.01, margin: 0.05, deviation: 0.1 * Math.SQRT2, referenceError: 0 };
    const units = unitsNeeded(bothGroups)!;
    expect(units).toBeGreaterThanOrEqual(77);
    expect(units).toBeLessThanOrEqual(108);
  });

  // The same formula is exact for no difference at all: (1.645 + 1.282)² · 0.1² / 0.05² = 34.3, a little more by t.
  it('is the textbook’s number when there is no difference', () => {
    const units = unitsNeeded({ difference: 0, margin: 0.05, deviation: 0.1, referenceError: 0 })!;
    expect(units).toBeGreaterThanOrEqual(35);
    expect(units).toBeLessThanOrEqual(37);
  });

  it('is reached by no number at the margin itself, nor when the reference is too unsure', () => {
    expect(unitsNeeded({ difference: 0.1, margin: 0.1, deviation: 0.1, referenceError: 0 })).toBeNull();
    expect(unitsNeeded({ difference: 0, margin: 0.1, deviation: 0.1, referenceError: 0.1 })).toBeNull();
  });

  it('is the first number with that power', () => {
    const number = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(number, number, number, (difference, margin, deviation) => {
        const question = { difference, margin, deviation, referenceError: 0 };
        const units = unitsNeeded(question);
        if (units === null) return;
        expect(powerOf(question, units)).toBeGreaterThanOrEqual(0.8);
        if (units > 2) expect(powerOf(question, units - 1)).toBeLessThan(0.8);
      }),
    );
  });
});
