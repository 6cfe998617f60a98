/** Each number that an experiment measured beside its twin, with a verdict. */
import { stringify } from 'csv-stringify/sync';
import type { Point } from '../../harness/experiment/experiment.js';
import { metricColumns } from '../../harness/sweep/columns.js';
import { cameToNothing, type GrownTable } from '../../harness/sweep/grow.js';
import { meanOfRuns } from '../../harness/sweep/table.js';
import {
  type Departure,
  type DepartureVerdict,
  departuresOf,
  departureVerdicts,
} from '../figure/measured/departures.js';
import { measuredAt, predictedAt, theories } from '../figure/measured/prediction.js';
import { markdownTable, withInterval } from '../findings/table.js';
import type { Twin } from './twin.js';

/** Simulated runs of each model. */
const replications = 40;
const models = theories.filter(({ model }) => model === 'deployment');

/** One number of one experiment. */
export interface TwinRow {
  /** Column of the tables of runs, which ends in its unit. */
  readonly number: string;
  readonly measured: ReturnType<typeof meanOfRuns>;
  readonly runs: number;
  /** By the protocols, and with what RSPLIB is known to do beside them. */
  readonly predicted: Departure;
  readonly withQuirks: Departure;
}

export interface TwinTable {
  readonly experiment: string;
  readonly point: Point;
  readonly runs: number;
  readonly unknown: number;
  readonly rows: readonly TwinRow[];
}

/**
 * @param grown runs of one point
 * @throws HarnessError `bad-input` when the model cannot represent the experiment
 */
export function twinTable({ experiment }: Twin, { grid, records }: GrownTable): TwinTable {
  const [measured] = measuredAt({ grid, records });
  const said = (column: string) => measured!.runs.flatMap((values) => values[column] ?? []);
  const columns = metricColumns.filter((column) => isComparable(column) && said(column).length > 0);
  const metrics = columns.map((column) => ({ column, label: column, unit: '' }));
  const predictions = Object.fromEntries(
    models.map((theory) => [theory.name, predictedAt(grid, theory, replications)]),
  );
  return {
    experiment,
    point: measured!.point,
    runs: measured!.runs.length,
    unknown: records.filter(cameToNothing).length,
    rows: departuresOf([measured!], predictions, metrics).map(({ metric: { column }, runs, against }) => ({
      number: column,
      measured: meanOfRuns(said(column)),
      runs,
      predicted: against.deployment!,
      withQuirks: against['with quirks']!,
    })),
  };
}

/** Requests that wait in RSPLIB's queues are seen by nobody before they are served, so labs cannot count them. */
const uncounted = ['requests_queued', 'requests_open'];

/** Checks are verdicts, not numbers; they say what they say in each run. */
const isComparable = (column: string): boolean => !column.startsWith('fails_') && !uncounted.includes(column);

/** The verdict by the nearer of both predictions: what a known quirk explains is no difference that is left. */
export function verdictOn(row: TwinRow): DepartureVerdict | 'no twin' {
  if (row.predicted.predicted === null && row.withQuirks.predicted === null) return 'no twin';
  return nearer(row).verdict;
}

const heads = ['number', 'runs', 'measured', 'predicted', 'with quirks', 'measured − predicted', 'verdict'];

/** A section of Markdown. */
export function twinSection(table: TwinTable): string {
  const { experiment, point, runs, unknown, rows } = table;
  const at = Object.entries(point).map(([name, value]) => `${name} ${value}`);
  const counts = `${runs} runs${unknown > 0 ? `, and ${unknown} of which nothing is known` : ''}`;
  const lines = rows.map((row) => [
    row.number,
    String(row.runs),
    withInterval(row.measured, 'count'),
    amount(row.predicted.predicted),
    amount(row.withQuirks.predicted),
    difference(nearer(row)),
    verdictOn(row),
  ]);
  return `## ${experiment}\n\n${[...at, counts].join(', ')}.\n\n${markdownTable([heads, ...lines])}\n`;
}

/** How many numbers of each experiment came to which verdict. */
export function twinOverview(tables: readonly TwinTable[]): string {
  const verdicts = [...departureVerdicts, 'no twin'] as const;
  const rows = tables.map(({ experiment, runs, rows: numbers }) => [
    experiment,
    String(runs),
    ...verdicts.map((verdict) => String(numbers.filter((row) => verdictOn(row) === verdict).length)),
  ]);
  return markdownTable([['experiment', 'runs', ...verdicts], ...rows]);
}

export const twinCsv = (tables: readonly TwinTable[]): string =>
  stringify(
    tables.flatMap(({ experiment, point, rows }) =>
      rows.map((row) => ({
        ...{ experiment, point: JSON.stringify(point), number: row.number, runs: row.runs },
        ...{ measured: row.measured.mean, half_width: row.measured.halfWidth },
        ...{ predicted: row.predicted.predicted, with_quirks: row.withQuirks.predicted },
        ...{
          difference_percent: nearer(row).percent,
          low: nearer(row).interval?.low,
          high: nearer(row).interval?.high,
        },
        verdict: verdictOn(row),
      })),
    ),
    { header: true },
  );

/** The prediction that the verdict is by. */
const nearer = ({ predicted, withQuirks }: TwinRow): Departure =>
  distance(withQuirks) < distance(predicted) ? withQuirks : predicted;

const distance = ({ percent }: Departure): number => (percent === null ? Number.POSITIVE_INFINITY : Math.abs(percent));

const amount = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(3))));

function difference({ percent, interval }: Departure): string {
  if (percent === null || interval === null) return '–';
  const text = (value: number) => value.toFixed(1).replace('-', '−');
  return `${text(percent)} % (${text(interval.low)} … ${text(interval.high)})`;
}
