/** A sweep's tables: one row per run, and one per point with means and intervals. */
import { stringify } from 'csv-stringify/sync';
import type { Point } from '../experiment/experiment.js';
import { meanEstimate } from '../stats/estimate.js';
import { intervalOf } from '../stats/interval.js';
import { metricColumns } from './columns.js';
import type { Grid } from './grid.js';
import type { RunRecord } from './ledger.js';

/** What a table needs of a grid. */
type Points = Pick<Grid, 'points'>;

/** Mean over runs with the half width of its 95 % confidence interval (Student's t). */
export interface MeanOfRuns {
  /** Null when no run says anything. */
  readonly mean: number | null;
  /** Null when fewer than two do. */
  readonly halfWidth: number | null;
  readonly n: number;
}

export function meanOfRuns(values: readonly (number | null | undefined)[]): MeanOfRuns {
  const said = values.filter((value): value is number => value !== null && value !== undefined);
  const estimate = meanEstimate(said);
  const interval = estimate && intervalOf(estimate);
  return {
    mean: estimate?.value ?? null,
    halfWidth: interval ? (interval.high - interval.low) / 2 : null,
    n: said.length,
  };
}

/**
 * `table.csv`: a point's values, then `METRIC_mean`, `METRIC_ci95` (half width) and `METRIC_n` for each metric. Points
 * of which no run finished have a row, too.
 */
export function pointTable(grid: Points, records: readonly RunRecord[]): string {
  const columns = columnsOf(records);
  const byPoint: RunRecord[][] = grid.points.map(() => []);
  for (const record of records) byPoint[record.point]!.push(record);
  const rows = grid.points.map(({ index, point }) => {
    const runs = byPoint[index]!;
    const metrics = columns.flatMap((column) => {
      const { mean, halfWidth, n } = meanOfRuns(runs.map(({ values }) => values[column]));
      return [mean, halfWidth, n];
    });
    return [...Object.values(point), ...metrics];
  });
  const heads = columns.flatMap((column) => [`${column}_mean`, `${column}_ci95`, `${column}_n`]);
  return csv([...pointHeads(grid), ...heads], rows);
}

/** `runs.csv`: a point's values, the replication with its seed, what the run says, and how to have it again. */
export function runTable(grid: Points, records: readonly RunRecord[]): string {
  const columns = columnsOf(records);
  const judged = records.some(({ verdict }) => verdict !== null);
  const stored = records.some(({ folder }) => folder !== null);
  const repeatable = records.some(({ command }) => command);
  const marked = records.some(({ fingerprint }) => fingerprint);
  const rows = records.map(({ point, replication, seed, verdict, folder, values, fingerprint, command }) => [
    ...Object.values(grid.points[point]!.point),
    replication,
    seed,
    ...(judged ? [verdict] : []),
    ...(stored ? [folder] : []),
    ...columns.map((column) => values[column] ?? null),
    ...(marked ? [fingerprint] : []),
    ...(repeatable ? [command] : []),
  ]);
  const own = ['replication', 'seed', ...(judged ? ['verdict'] : []), ...(stored ? ['folder'] : [])];
  const again = [...(marked ? ['fingerprint'] : []), ...(repeatable ? ['command'] : [])];
  return csv([...pointHeads(grid), ...own, ...columns, ...again], rows);
}

const columnsOf = (records: readonly RunRecord[]): string[] =>
  metricColumns.filter((column) => records.some(({ values }) => typeof values[column] === 'number'));

/** Names as the experiment has them; what would not be a name in R, or is taken already, is changed. */
export function pointHeads(grid: Points): string[] {
  const taken = new Set<string>([
    'replication',
    'seed',
    'verdict',
    'folder',
    'fingerprint',
    'command',
    ...metricColumns,
  ]);
  const heads = new Set<string>();
  return Object.keys(grid.points[0]?.point ?? ({} satisfies Point)).map((name) => {
    const plain = name.replace(/[^\p{L}\p{M}\p{N}_]/gu, '_').replace(/^(?=[\p{N}\p{M}_])/u, 'x');
    let head = taken.has(plain) && !heads.has(plain) ? `varied_${plain}` : plain;
    for (let n = 2; taken.has(head); n++) head = `${plain}_${n}`;
    taken.add(head);
    heads.add(head);
    return head;
  });
}

const csv = (heads: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  stringify([heads, ...rows] as unknown[][], { cast: { boolean: (value) => String(value) } });
