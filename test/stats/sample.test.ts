import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { normalQuantile } from '../../harness/stats/interval.js';
import { proportion } from '../../harness/stats/proportion.js';
import { sampleDeviation, sampleQuantile } from '../../harness/stats/sample.js';

const close = (value: number, digits = 4) => expect.closeTo(value, digits);

describe('a share of trials', () => {
  // R: prop.test(x, n, correct = FALSE)$conf.int
  it.each([
    [10, 100, { value: 0.1, low: close(0.05522914), high: close(0.1743657) }],
    [0, 50, { value: 0, low: 0, high: close(0.07134759) }],
    [50, 50, { value: 1, low: close(0.92865241), high: 1 }],
  ])('%i of %i, as R has it', (successes, trials, expected) => expect(proportion(successes, trials)).toEqual(expected));

  it('of no trials is nothing', () => expect(proportion(0, 0)).toBeNull());
});

it('quantiles of the normal distribution are to six digits', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
  expect(normalQuantile(0.05)).toBeCloseTo(-1.644854, 6);
});

describe('a quantile of a sample', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1);

  it('lies between the order statistics that a binomial variable says', () => {
    // R: qbinom(c(0.025, 0.975), 100, 0.5) + c(0, 1) are 40 and 61
    expect(sampleQuantile(upTo(100), 0.5)).toEqual({ value: 50.5, low: 40, high: 61 });
    // qbinom(c(0.025, 0.975), 1000, 0.99) + c(0, 1) are 983 and 997
    expect(sampleQuantile(upTo(1000), 0.99)).toMatchObject({ low: 983, high: 997 });
  });

  it('has no upper end where the sample does not reach', () => {
    expect(sampleQuantile(upTo(20), 0.99)).toMatchObject({ high: null });
    expect(sampleQuantile([5], 0.5)).toEqual({ value: 5, low: null, high: null });
    expect(sampleQuantile([], 0.5)).toBeNull();
  });
});

describe('the intervals hold the truth as often as they say', () => {
  const random = randomFrom(1, 'coverage');
  const share = (holds: () => boolean) => mean(Array.from({ length: 1000 }, () => (holds() ? 1 : 0)));
  const draw = (n: number, of: () => number) => Array.from({ length: n }, of);

  // Of 1000 experiments with 95 % each, all but one in a thousand have 927 to 971 that hold.
  it('for a median', () => {
    const held = share(() => {
      const { low, high } = sampleQuantile(
        draw(41, () => random.exponential(1)),
        0.5,
      )!;
      return low! <= Math.LN2 && Math.LN2 <= high!;
    });
    expect(held).toBeGreaterThan(0.927);
  });

  it('for a standard deviation, of a normal and of a uniform distribution', () => {
    const normal = () => normalQuantile(random.uniform());
    const cases: [() => number, number][] = [
      [normal, 1],
      [() => random.uniform(), 1 / Math.sqrt(12)],
    ];
    for (const [of, truth] of cases) {
      const held = share(() => {
        const { low, high } = sampleDeviation(draw(300, of))!;
        return low <= truth && truth <= high;
      });
      expect(held).toBeGreaterThan(0.92);
      expect(held).toBeLessThan(0.98);
    }
  });

  it('and say nothing of a standard deviation of three numbers', () => {
    expect(sampleDeviation([1, 2, 3])).toBeNull();
    expect(sampleDeviation([2, 2, 2, 2, 2])).toBeNull();
  });
});
