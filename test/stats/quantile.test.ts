import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { ecdf, quantiles } from '../../harness/stats/quantile.js';

const random = () => randomFrom(1, 'bootstrap');
const sample = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('empirical distributions', () => {
  it('steps once per distinct value', () => {
    expect(ecdf([3, 1, 2, 2])).toEqual([
      { x: 1, p: 0.25 },
      { x: 2, p: 0.75 },
      { x: 3, p: 1 },
    ]);
    expect(ecdf([])).toEqual([]);
  });

  it('rises to one, also when thinned, and keeps its ends', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 2, max: 20 }), (values, atMost) => {
        const steps = ecdf(values, atMost);
        expect(steps.length).toBeLessThanOrEqual(atMost);
        expect(steps.at(-1)).toEqual({ x: Math.max(...values), p: 1 });
        expect(steps[0]!.x).toBe(steps.length > 1 ? Math.min(...values) : Math.max(...values));
        for (const [index, step] of steps.slice(1).entries()) {
          expect(step.x).toBeGreaterThan(steps[index]!.x);
          expect(step.p).toBeGreaterThan(steps[index]!.p);
        }
      }),
    );
  });
});

describe('quantiles with bootstrap intervals', () => {
  // R's quantile() of type 7 (its default) for 1…10 gives 3.25, 5.5 and 9.55 at 25, 50 and 95 %.
  it('are those of R', () => {
    const values = Array.from({ length: 10 }, (_, index) => index + 1);
    const found = quantiles([values], [0.25, 0.5, 0.95], { random: random() });
    expect(found.map(({ value }) => value)).toEqual([3.25, 5.5, expect.closeTo(9.55, 12)]);
  });

  it('have no interval from one block only, nor where hardly anything lies beyond', () => {
    expect(quantiles([[1, 2, 3]], [0.5], { random: random() })).toEqual([{ p: 0.5, value: 2, low: null, high: null }]);
    const [, high] = quantiles([[1, 2], [3]], [0.5, 0.95], { random: random() });
    expect(high).toMatchObject({ low: null, high: null });
    expect(quantiles([[], []], [0.5], { random: random() })).toEqual([]);
  });

  it('are the same for the same seed', () => {
    const blocks = [[1, 5, 2], [4], [9, 3]];
    const draw = () => quantiles(blocks, [0.5], { random: random() });
    expect(draw()).toEqual(draw());
  });

  it('have intervals within the range of the observations', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 2, maxLength: 8 }), (blocks) => {
        const [median] = quantiles(blocks, [0.5], { random: random(), resamples: 50 });
        const all = blocks.flat();
        if (median!.low === null) return;
        expect(median!.low).toBeGreaterThanOrEqual(Math.min(...all));
        expect(median!.high).toBeLessThanOrEqual(Math.max(...all));
        expect(median!.low).toBeLessThanOrEqual(median!.high!);
      }),
      { numRuns: 30 },
    );
  });

  // Of 60,000 values one in three is drawn from: of 20,000, each quantile is known to 1/20,000 of the distribution.
  it('are hardly moved by thinning a large sample', () => {
    const source = randomFrom(2, 'large');
    const blocks = Array.from({ length: 30 }, (_, block) =>
      Array.from({ length: 2000 }, () => block / 30 + source.uniform()),
    );
    const thinned = blocks.map((values) => values.filter((_, index) => index % 3 === 0));
    const [large] = quantiles(blocks, [0.5], { random: random(), resamples: 200 });
    const [small] = quantiles(thinned, [0.5], { random: random(), resamples: 200 });
    expect(large!.low).toBeCloseTo(small!.low!, 1);
    expect(large!.high).toBeCloseTo(small!.high!, 1);
  });

  it('are less sure when observations of a block depend on each other', () => {
    const normal = randomFrom(3, 'values');
    const centres = Array.from({ length: 12 }, () => normal.uniform());
    const dependent = centres.map((centre) => Array.from({ length: 20 }, () => centre + normal.uniform() / 100));
    const width = (blocks: number[][]) => {
      const [median] = quantiles(blocks, [0.5], { random: random() });
      return median!.high! - median!.low!;
    };
    const asIfIndependent = dependent.flat().map((value) => [value]);
    expect(width(dependent)).toBeGreaterThan(1.5 * width(asIfIndependent));
  });

  // 95 %: of 300 experiments with the median of 40 exponential values (ln 2), 285 ± 4·√14.25 cover it; the percentile
  // bootstrap falls a little short with few values, hence 0.9 as the lower bound.
  it('cover the true median about as often as they promise', () => {
    const source = randomFrom(5, 'coverage');
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const blocks = Array.from({ length: 40 }, () => [source.exponential(1)]);
      const [median] = quantiles(blocks, [0.5], { random: randomFrom(trial, 'draws'), resamples: 300 });
      if (median!.low! <= Math.LN2 && Math.LN2 <= median!.high!) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(270);
  });
});
