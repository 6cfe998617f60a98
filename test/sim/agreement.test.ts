/**
 * Held against RSPSIM on a few points of every figure; `npm run test:agreement` does all of them. Seeds are fixed, so
 * nothing here is left to chance: what is tested is that a change of the model does not move it away from RSPSIM.
 */
import { describe, expect, test } from 'vitest';
import { compare, figures, isOverloaded, numberOf, pointMetrics, type Row, rowsOf, simulateRow } from './reference.js';

const runs = 8;
/** One row in so many: enough to meet every policy and most parameter values of a figure. */
const stride = 11;
const rows = figures.flatMap((figure) => rowsOf(figure).filter((_, index) => index % stride === 0));
const results = rows.map((row) => {
  const metrics = simulateRow(row, runs);
  return { row, metrics, comparisons: compare(row, metrics), overloaded: isOverloaded(row, metrics) };
});
const nameOf = (row: Row) => `figure ${row.figure}, ${row.variant}, ${row.policy}, MTBF ${row.mtbf_s} s`;

describe('RSPSIM’s results', () => {
  test('means are equal: Welch’s test at 1 % rejects no more than it should', () => {
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
