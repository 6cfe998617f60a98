import { describe, expect, test } from 'vitest';
import { allOf, average, difference, ranking, worst } from '../../../reports/figure/claim.js';
import { FigureData, IndependentSample } from '../../../reports/figure/data.js';
import { dataWith, noise, sweepWith } from './data.js';

const points = ['LeastUsed', 'RoundRobin'].flatMap((policy) => [1, 2].map((x) => ({ policy, x })));
const only = (values: readonly (number | null)[], limits: { above?: number; below?: number }) =>
  allOf(() => [{ what: 'it', sample: values, ...limits }])(dataWith([], 0, () => ({})));

describe('a claim with limits', () => {
  // Mean 10, s = 1, n = 3: the half width is 4.302653 / √3 = 2.484.
  const sample = [9, 10, 11];

  test('holds when the interval is within, fails when it is outside, and else needs more data', () => {
    expect(only(sample, { above: 7.5, below: 12.5 }).verdict).toBe('holds');
    expect(only(sample, { above: 7.6 }).verdict).toBe('not enough data');
    expect(only(sample, { below: 7.5 }).verdict).toBe('does not hold');
    expect(only(sample, { above: 12.5 }).verdict).toBe('does not hold');
  });

  test('gives the numbers: mean, half width, n and what was wanted', () => {
    expect(only(sample, { above: 7.5 }).numbers).toEqual([
      'it: 10 ± 2.48 percentage points (n = 3), more than 7.5 wanted',
    ]);
  });

  test('needs more data when there is one run or none', () => {
    expect(only([10], { above: 0 }).verdict).toBe('not enough data');
    expect(only([null, null], { above: 0 }).verdict).toBe('not enough data');
  });

  test('holds only when every part does, each at its share of the risk', () => {
    const parts = (count: number) =>
      allOf(() => Array.from({ length: count }, () => ({ what: 'it', sample, above: 7.5 })))(
        dataWith([], 0, () => ({})),
      );
    expect(parts(1).verdict).toBe('holds');
    expect(parts(2).verdict).toBe('not enough data');
    expect(parts(2).test).toContain('Bonferroni over 2 parts');
    expect(worst(['holds', 'not enough data', 'does not hold'])).toBe('does not hold');
    expect(worst([])).toBe('not enough data');
  });
});

describe('a ranking', () => {
  const examine = ranking('speed', ['LeastUsed', 'RoundRobin'], 'higher');
  const speeds = (lead: (x: number) => number) =>
    dataWith(points, 8, ({ policy, x }, replication) => ({
      // A little noise of the point's own beside the common one.
      speed:
        noise(replication) + (policy === 'LeastUsed' ? lead(Number(x)) : 0) + noise(replication * 7 + Number(x)) / 50,
    }));

  test('is seen through noise that points share, since differences are taken within replications', () => {
    expect(examine(speeds(() => 1)).verdict).toBe('holds');
    expect(examine(speeds(() => -1)).verdict).toBe('does not hold');
  });

  test('does not hold when a single point says the opposite', () => {
    const finding = examine(speeds((x) => (x === 1 ? 5 : -1)));
    expect(finding.verdict).toBe('does not hold');
    expect(finding.numbers[0]).toMatch(/Least Used − Round Robin, mean over 2 points: 2.*the other way at 1, e.g. x 2/);
  });

  test('needs more data when there is no difference', () => {
    expect(examine(speeds(() => 0)).verdict).toBe('not enough data');
  });
});

describe('claims about independent runs', () => {
  const speeds = (lead: number) =>
    new FigureData({
      ...sweepWith(points, 1, ({ policy, x }) => ({ speed: (policy === 'LeastUsed' ? lead : 0) + Number(x) })),
      independent: true,
    });
  const examine = ranking('speed', ['LeastUsed', 'RoundRobin'], 'higher');

  test('take each point’s run as an observation, so that one run a point may suffice', () => {
    const finding = examine(speeds(1));
    expect(finding.verdict).toBe('holds');
    expect(finding.numbers[0]).toContain('mean over 2 points: 1 ± 0 percentage points (n = 2)');
    expect(examine(speeds(0)).verdict).toBe('not enough data');
  });

  test('take differences and means of all of them', () => {
    const [a, b] = [IndependentSample.from([1, 2]), IndependentSample.from([3, null])];
    expect([...average([a, b])]).toEqual([1, 2, 3, null]);
    expect([...difference(average([a, b]), average([b, a]))]).toEqual([-2, null, 2, null]);
  });
});
