/** Measured against predicted: numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import { departuresOf, verdictOf } from '../../../../reports/figure/measured/departures.js';

const at = (x: number, ...values: (number | null)[]) => ({
  point: { policy: 'Random', x },
  runs: values.map((value) => ({ utilisation_percent: value })),
});

describe('a departure', () => {
  it('is the mean distance of each run from its own point’s prediction, in percent of what is predicted', () => {
    // Distances 1, 3 and 2: mean 2, s = 1, n = 3; predictions 50, 50 and 20: mean 40. t(0.975, 2) = 4.302653.
    const [row] = departuresOf([at(1, 51, 53), at(2, 22)], { deployment: [at(1, 40, 60), at(2, 20)] });
    const { predicted, percent, interval } = row!.against.deployment!;
    expect(row!.measured).toBe(42);
    expect(row!.runs).toBe(3);
    expect(predicted).toBe(40);
    expect(percent).toBeCloseTo(5, 9);
    expect(interval!.high).toBeCloseTo(5 + (100 * 4.302653) / Math.sqrt(3) / 40, 5);
  });

  it('leaves out runs and points of which nothing is known', () => {
    const [row] = departuresOf([at(1, 51, null), at(2, 22), at(3, 9)], { rspsim: [at(1, 50), at(2, 20)] });
    expect(row!.against.rspsim!.predicted).toBe(35);
    expect(row!.against.rspsim!.percent).toBeCloseTo((100 * 1.5) / 35, 9);
    expect(row!.runs).toBe(3);
  });

  it('cannot be said of one run, or of a prediction of nothing', () => {
    expect(departuresOf([at(1, 51)], { rspsim: [at(1, 50)] })[0]!.against.rspsim!.verdict).toBe('cannot say');
    expect(departuresOf([at(1, 51, 52)], { rspsim: [at(1, 0)] })[0]!.against.rspsim!.percent).toBeNull();
  });
});

describe('the verdict', () => {
  it.each([
    [{ low: -4.9, high: 5 }, 'within 5 %'],
    [{ low: 1, high: 4 }, 'within 5 %'],
    [{ low: -7, high: 4 }, 'within 10 %'],
    [{ low: -11, high: 4 }, 'cannot say'],
    [{ low: 1, high: 11 }, 'different'],
    [{ low: -20, high: -11 }, 'different'],
  ])('of %o is %s', (interval, verdict) => {
    expect(verdictOf(interval)).toBe(verdict);
  });
});
