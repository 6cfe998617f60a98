/**
 * Held against RSPSIM on a few points of every figure; `npm run test:agreement` does all of them. Seeds are fixed, so
 * nothing here is left to chance: what is tested is that a change of the model does not move it away from RSPSIM.
 */
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import {
  compare,
  test as equalMeans,
  estimate,
  figures,
  isOverloaded,
  numberOf,
  pointMetrics,
  type Row,
  rowsOf,
  simulateRow,
} from './reference.js';

const runs = 8;
/** One row in so many: enough to meet every policy and most parameter values of a figure. */
const stride = 11;
const rows = figures.flatMap((figure) => rowsOf(figure).filter((_, index) => index % stride === 0));
const results = rows.map((row) => {
  const metrics = simulateRow(row, runs);
  return { row, metrics, comparisons: compare(row, metrics), overloaded: isOverloaded(row, metrics) };
});
const nameOf = (row: Row) => `figure ${row.figure}, ${row.variant}, ${row.policy}, MTBF ${row.mtbf_s} s`;

describe('the test of equal means', () => {
  const random = randomFrom(7, 'means');
  // Mean of a few runs against many, all of one distribution: a bell, or one with a long tail.
  const rejected = (draw: () => number) =>
    Array.from({ length: 400 }, () => {
      const few = estimate(Array.from({ length: 4 }, draw));
      return equalMeans(Array.from({ length: 24 }, draw), few) < 0.05;
    }).filter(Boolean).length / 400;

  test('finds a difference where there is none about as often as it says', () => {
    expect(rejected(() => random.uniform() + random.uniform() + random.uniform())).toBeLessThan(0.08);
    expect(rejected(() => Math.exp(2 * (random.uniform() + random.uniform())))).toBeLessThan(0.1);
  });

  test('finds one that is there, and says nothing for four runs that happen to lie close together', () => {
    const ours = Array.from({ length: 24 }, (_, at) => 10 + (at % 5));
    expect(equalMeans(ours, { mean: 20, runs: 4 })).toBeLessThan(1e-6);
    expect(equalMeans(ours, { mean: 12.8, runs: 4 })).toBeGreaterThan(0.2);
  });
});

describe('RSPSIM’s results', () => {
  test('means are equal: the test at 1 % rejects no more than it should', () => {
    const all = results.flatMap(({ row, comparisons }) =>
      comparisons.filter(({ tested }) => tested).map((each) => ({ ...each, name: nameOf(row) })),
    );
    const rejected = all.filter(({ p }) => p < 0.01);
    expect(all.length).toBeGreaterThan(150);
    expect(rejected.map(({ name, metric, p }) => `${name}: ${metric} p=${p.toFixed(4)}`).length).toBeLessThanOrEqual(
      Math.floor(0.03 * all.length),
    );
  });

  test('startup and processing times are equal within 3 %, over all points that are not overloaded', () => {
    for (const [metric, column] of pointMetrics) {
      const ratios = results
        .filter(({ row, overloaded }) => !overloaded && numberOf(row, column) > 0)
        .map(({ row, metrics }) => meanOf(metrics.map((each) => each[metric] ?? 0)) / numberOf(row, column));
      // A single point of the reference is a mean over four runs, off by more than that by chance; their median is not.
      ratios.sort((a, b) => a - b);
      expect(Math.abs(ratios[Math.floor(ratios.length / 2)]! - 1)).toBeLessThan(0.03);
    }
  });
});

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
