/** A comparison for a person at a terminal. */
import Table from 'cli-table3';
import type { Comparison, MetricComparison, MetricDifference, PointComparison } from '../compare/comparison.js';
import { formatDifference, formatEstimate, formatValue } from '../compare/format.js';

export const comparisonText = (comparison: Comparison): string =>
  comparison.points.map((point) => pointText(point, comparison)).join('\n\n');

function pointText(point: PointComparison, { measured, confidence }: Comparison): string {
  const varied = Object.entries(point.point).map(([name, value]) => `, ${name} ${value}`);
  const single = point.runs.length === 1;
  const against = point.references
    .filter(({ notRepresentable }) => notRepresentable === null)
    .map(
      ({ name, kind, runs }) => `${name} (${runs} ${kind === 'model' ? 'simulated ' : ''}run${runs === 1 ? '' : 's'})`,
    );
  const ours = single ? point.runs[0] : `${measured} (${point.runs.length} runs)`;
  const margin = Number((100 * point.margin).toPrecision(3));
  return [
    `${ours}${varied.join('')}, against ${against.join(' and ') || 'no model'}`,
    `Brackets: ${100 * confidence} % intervals${single ? '; measured ones over faults or users' : ' over runs'}.`,
    `Agrees: surely within ±${margin} % (two one-sided tests). Differs: surely beyond.`,
    'Runs needed: so many measured runs would settle it, 80 % likely.',
    '',
    table(point),
    '',
    ...point.references.flatMap(({ name, notRepresentable }) =>
      notRepresentable === null ? [] : [`${name}: not representable: ${notRepresentable}.`],
    ),
    ...point.findings,
    ...point.notes.map((note) => `Note: ${note}`),
  ].join('\n');
}

/** One line per metric and reference, so that any number of references fits. */
function table({ metrics, references }: PointComparison): string {
  const shown = references.flatMap(({ notRepresentable, name }, index) =>
    notRepresentable === null ? [{ name, index }] : [],
  );
  const many = shown.length > 1;
  const one = shown.length === 1 ? references[shown[0]!.index]! : null;
  const value = one === null ? 'value' : one.kind === 'model' ? one.name : 'the other';
  const head = ['', 'n', 'measured', ...(many ? ['against'] : []), value, 'difference', 'outcome', 'runs needed'];
  const grid = new Table({ style: { head: [], border: [], compact: true }, head });
  for (const metric of metrics) {
    const cells = shown.map(({ name, index }) => referenceCells(metric, index, many ? [name] : []));
    const lines = (column: number) => cells.map((row) => row[column]!).join('\n');
    const width = many ? 5 : 4;
    grid.push([
      metric.label,
      observed(metric),
      metric.measured ? formatEstimate(metric.measured, metric.unit) : '–',
      ...Array.from({ length: width }, (_, column) => (cells.length > 0 ? lines(column) : '–')),
    ]);
  }
  return grid.toString();
}

/** Requests or failovers behind a value; of a number of whole runs, their count is said above. */
const observed = ({ measured }: MetricComparison): string =>
  measured && measured.observations > 0 ? String(measured.observations) : '';

function referenceCells({ unit, references }: MetricComparison, index: number, name: string[]): string[] {
  const { estimate, difference } = references[index]!;
  return [
    ...name,
    estimate ? formatValue(estimate.value, unit) : '–',
    difference ? `${formatDifference(difference, unit)}${percent(difference)}` : '–',
    difference ? outcomes[difference.outcome] : '–',
    difference ? needed(difference) : '',
  ];
}

function percent({ relative }: MetricDifference): string {
  if (relative === null) return '';
  const size = Number(Math.abs(100 * relative).toPrecision(2));
  return size < 0.01 ? ' (0 %)' : ` (${relative < 0 ? '−' : '+'}${size} %)`;
}

const outcomes = { agrees: 'agrees', differs: 'differs', notEnoughData: 'not enough data' } as const;

function needed({ outcome, replicationsNeeded, method }: MetricDifference): string {
  if (outcome !== 'notEnoughData') return '';
  if (replicationsNeeded !== null) return replicationsNeeded.toLocaleString('en-US');
  return method === 'none' ? '?' : '> 10,000';
}
