/** `comparison.json` and `comparison.csv`: where they go and how they are written. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { writeWhole } from '../base/write-whole.js';
import { type Comparison, comparisonSchema } from './comparison.js';

/**
 * Writes both files.
 * @param folder made where it does not exist
 * @param other the runs that it was held against; null for the models, whose comparison has the plain name
 * @returns the path of the JSON
 */
export function storeComparison(folder: string, comparison: Comparison, other: string | null): string {
  const whole = comparisonSchema.parse(comparison);
  const stem = join(folder, other === null ? 'comparison' : `comparison-${basename(other)}`);
  mkdirSync(folder, { recursive: true });
  // Thousands of steps of distributions: indented, they would be mostly spaces.
  writeWhole(`${stem}.json`, `${JSON.stringify(whole)}\n`);
  writeWhole(`${stem}.csv`, comparisonTable(whole));
  return `${stem}.json`;
}

const heads = [
  ...['metric', 'unit', 'reference', 'not_representable'],
  ...['measured', 'measured_low', 'measured_high', 'measured_runs', 'measured_observations'],
  ...['predicted', 'predicted_low', 'predicted_high', 'predicted_runs', 'predicted_observations'],
  ...['difference', 'difference_low', 'difference_high', 'difference_relative'],
  ...['method', 'outcome', 'replications_needed'],
];

/** One row per point, metric and reference. */
export function comparisonTable({ points }: Comparison): string {
  const varied = [...new Set(points.flatMap(({ point }) => Object.keys(point)))];
  const rows = points.flatMap(({ point, runs, references, metrics }) =>
    metrics.flatMap(({ metric, unit, measured, references: weighed }) =>
      references.map(({ name, runs: theirs, notRepresentable }, index) => {
        const { estimate, difference } = weighed[index]!;
        return [
          ...varied.map((each) => point[each]),
          ...[metric, unit, name, notRepresentable],
          ...[measured?.value, measured?.low, measured?.high, runs.length, measured?.observations],
          ...[estimate?.value, estimate?.low, estimate?.high, theirs, estimate?.observations],
          ...[difference?.value, difference?.low, difference?.high, difference?.relative],
          ...[difference?.method, difference?.outcome, difference?.replicationsNeeded],
        ];
      }),
    ),
  );
  return stringify([[...varied, ...heads], ...rows], { cast: { boolean: (value) => String(value) } });
}
