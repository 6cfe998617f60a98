/** A finding's table from its runs: a row per point, means over runs with 95 % intervals, as Markdown. */
import { codeOf } from '../../harness/base/errors.js';
import type { Point } from '../../harness/experiment/experiment.js';
import { noQuirks, type Quirks, rsplibQuirks } from '../../harness/sim/quirks.js';
import { proportion } from '../../harness/stats/proportion.js';
import type { Values } from '../../harness/sweep/columns.js';
import { cameToNothing, type GrownTable } from '../../harness/sweep/grow.js';
import { simulateRun } from '../../harness/sweep/simulated.js';
import { type MeanOfRuns, meanOfRuns } from '../../harness/sweep/table.js';
import type { FindingColumn, FindingTable } from './finding.js';

/** Simulated runs at each point, where the deployment's model can represent it. */
const replications = 100;

/** @returns the heads, then the rows */
export function findingRows({ columns }: FindingTable, { grid, records }: GrownTable): string[][] {
  const heads = [...Object.keys(grid.points[0]?.point ?? {}), 'runs', ...columns.map(({ label }) => label)];
  const rows = grid.points.map(({ index, point }) => {
    const runs = records.filter((record) => record.point === index);
    const known = runs.filter((record) => !cameToNothing(record)).map(({ values }) => values);
    const unknown = runs.length - known.length;
    const predicted = predictionsAt({ grid, index }, noQuirks);
    const explained = predictionsAt({ grid, index }, rsplibQuirks);
    return [
      ...valuesOf(point),
      unknown > 0 ? `${known.length} (and ${unknown} unknown)` : String(known.length),
      ...columns.map((column) => cell(column, known, [predicted, explained])),
    ];
  });
  return [heads, ...rows];
}

/** One simulated run after the other; none where the model knows no such thing. */
function predictionsAt(
  { grid, index }: Pick<GrownTable, 'grid'> & { index: number },
  quirks: Quirks,
): readonly Values[] {
  try {
    return Array.from({ length: replications }, (_, at) => {
      const plan = grid.planFor(grid.points[index]!, at + 1);
      return simulateRun({ ...plan, model: 'deployment' }, { record: true, quirks }).values;
    });
  } catch (error) {
    if (codeOf(error) !== 'bad-input') throw error;
    return [];
  }
}

const valuesOf = (point: Point): string[] => Object.values(point).map(String);

/** @param predictions those of the protocols, then those with what RSPLIB is known to do beside them */
function cell(
  { metric, unit }: FindingColumn,
  runs: readonly Values[],
  predictions: readonly (readonly Values[])[],
): string {
  const said = (all: readonly Values[]) => all.flatMap((values) => values[metric] ?? []);
  const values = said(runs);
  if (values.length === 0) return '–';
  if (unit === 'share') return shareText(values);
  const few = values.length < runs.length ? ` (${values.length} runs)` : '';
  const twins = hasTwin.has(metric) ? predictions.map((runs) => meanOfRuns(said(runs)).mean) : [];
  return `${withInterval(meanOfRuns(values), unit)}${few}${expectation(twins, unit)}`;
}

/** The second prediction is told where it says anything else than the first. */
function expectation(twins: readonly (number | null)[], unit: FindingColumn['unit']): string {
  const [predicted, explained] = twins.flatMap((twin) => (twin === null ? [] : amount(twin, unit)));
  if (predicted === undefined) return '';
  const andWith = explained === undefined || explained === predicted ? '' : `, with quirks ${explained}`;
  return `; predicted ${predicted}${andWith}`;
}

/** Metrics that the simulation and a lab understand alike. */
const hasTwin = new Set([
  ...['detection_s', 'selection_s', 'connection_s', 'resumption_s'],
  ...['failover_delay_s', 'startup_delay_s', 'handling_time_s', 'requests_completed'],
]);

function shareText(values: readonly number[]): string {
  const hits = values.filter((value) => value > 0).length;
  const { low, high } = proportion(hits, values.length)!;
  const percent = (part: number) => (100 * part).toFixed(0);
  return `${hits} of ${values.length} runs (${percent(low)} … ${percent(high)} %)`;
}

/** `1.05 ± 0.04 s`: as many digits as the interval leaves sense in. */
export function withInterval({ mean, halfWidth }: MeanOfRuns, unit: FindingColumn['unit']): string {
  if (mean === null) return '–';
  const [factor, name] = scaleOf(mean, unit);
  if (halfWidth === null) return amount(mean, unit);
  const digits = Math.max(0, halfWidth === 0 ? 2 : 1 - Math.floor(Math.log10(halfWidth * factor)));
  const text = (value: number) => (value * factor).toFixed(Math.min(3, digits));
  return `${text(mean)} ± ${text(halfWidth)}${name}`;
}

function amount(value: number, unit: FindingColumn['unit']): string {
  const [factor, name] = scaleOf(value, unit);
  return `${Number((value * factor).toPrecision(3))}${name}`;
}

function scaleOf(value: number, unit: FindingColumn['unit']): [number, string] {
  if (unit === 's') return Math.abs(value) < 1 ? [1e3, ' ms'] : [1, ' s'];
  return [1, unit === 'percent' ? ' %' : ''];
}

/** As Markdown has tables. */
export const markdownTable = ([heads = [], ...rows]: readonly string[][]): string =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
