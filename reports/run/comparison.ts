/** The measured numbers beside the predicted ones: speed and utilisation, then every metric's difference. */
import type {
  Comparison,
  MetricDifference,
  MetricEstimate,
  PointComparison,
} from '../../harness/compare/comparison.js';
import { formatDifference, formatEstimate } from '../../harness/compare/format.js';
import { type Content, type Html, html } from '../page/escape.js';
import { type Table, tableMarkup } from '../page/table.js';
import { differenceFigure, speedFigure } from './comparison-figures.js';
import { type Line, linesOf, outcomeWords } from './comparison-lines.js';
import type { RunFiles } from './read.js';

export function comparisonSection(run: RunFiles): Content {
  const { comparison } = run;
  if (!comparison) return html`<p>Nothing was measured that could be compared.</p>`;
  const { references, findings, notes } = comparison;
  const possible = references.filter(({ notRepresentable }) => notRepresentable === null);
  return [
    references.length === 0 &&
      html`<p class="note">Nothing has been predicted yet. <code>rsplab compare ${run.name}</code> does it, and <code>rsplab report</code> writes this page anew.</p>`,
    references.map(
      ({ name, notRepresentable }) =>
        notRepresentable !== null &&
        html`<p class="note">The model ${name} cannot predict this plan: ${notRepresentable}.</p>`,
    ),
    findings.length > 0 && html`<ul class="plain">${findings.map((finding) => html`<li>${finding}</li>`)}</ul>`,
    speedFigure(run, comparison),
    possible.length > 0 && differenceFigure(run, comparison),
    html`<h3>All metrics</h3>`,
    tableMarkup(comparisonTable(comparison, 'comparison', `${run.plan.experiment}-comparison`)),
    notes.map((note) => html`<p class="note">${note}</p>`),
  ];
}

/** Comparisons with other runs, as tables. */
export const othersSection = ({ others, plan }: RunFiles): Content =>
  others.map(({ with: other, points }: Comparison, index) =>
    points.map(
      (point) =>
        html`<h3>Against ${other}</h3>
<ul class="plain">${point.findings.map((finding) => html`<li>${finding}</li>`)}</ul>
${tableMarkup(comparisonTable(point, `comparison-${index + 1}`, `${plan.experiment}-comparison-${index + 1}`))}
${point.notes.map((note) => html`<p class="note">${note}</p>`)}`,
    ),
  );

function comparisonTable(point: PointComparison, id: string, file: string): Table<Line> {
  const lines = linesOf(point);
  const compared = lines.some(({ reference }) => reference !== '');
  return {
    id,
    file,
    caption: `Brackets: 95 % intervals.${compared ? ` Agrees: surely within ±${Math.round(point.margin * 100)} % of the prediction; differs: surely beyond.` : ''}`,
    rows: lines,
    columns: compared ? [...measuredColumns, ...predictedColumns] : measuredColumns,
  };
}

const estimated = (estimate: MetricEstimate | null, { metric }: Line): string =>
  estimate ? formatEstimate(estimate, metric.unit) : '–';

const measuredColumns: Table<Line>['columns'] = [
  {
    key: 'metric',
    label: 'metric',
    unit: 'text',
    value: ({ metric }) => metric.metric,
    show: ({ metric }) => metric.label,
  },
  { key: 'unit', label: 'unit', unit: 'text', csvOnly: true, value: ({ metric }) => metric.unit },
  { key: 'n', label: 'n', unit: 'count', value: ({ metric }) => metric.measured?.observations || null },
  {
    key: 'measured',
    label: 'measured',
    unit: 'number',
    value: ({ metric }) => metric.measured?.value ?? null,
    show: (line) => estimated(line.metric.measured, line),
  },
  {
    key: 'measured_low',
    label: '',
    unit: 'number',
    csvOnly: true,
    value: ({ metric }) => metric.measured?.low ?? null,
  },
  {
    key: 'measured_high',
    label: '',
    unit: 'number',
    csvOnly: true,
    value: ({ metric }) => metric.measured?.high ?? null,
  },
];

const predictedColumns: Table<Line>['columns'] = [
  { key: 'reference', label: 'against', unit: 'text', value: ({ reference }) => reference },
  {
    key: 'predicted',
    label: 'predicted',
    unit: 'number',
    value: ({ estimate }) => estimate?.value ?? null,
    show: (line) => estimated(line.estimate, line),
  },
  {
    key: 'difference',
    label: 'difference',
    unit: 'number',
    value: ({ difference }) => difference?.value ?? null,
    show: ({ difference, metric }) => (difference ? formatDifference(difference, metric.unit) : '–'),
  },
  {
    key: 'difference_low',
    label: '',
    unit: 'number',
    csvOnly: true,
    value: ({ difference }) => difference?.low ?? null,
  },
  {
    key: 'difference_high',
    label: '',
    unit: 'number',
    csvOnly: true,
    value: ({ difference }) => difference?.high ?? null,
  },
  {
    key: 'outcome',
    label: 'outcome',
    unit: 'text',
    value: ({ difference }) => difference?.outcome ?? null,
    show: ({ difference }) => outcomeMarkup(difference),
  },
];

function outcomeMarkup(difference: MetricDifference | null): Html | string {
  if (!difference) return '–';
  const kind = { agrees: 'pass', differs: 'fail', notEnoughData: 'unknown' }[difference.outcome];
  const { replicationsNeeded } = difference;
  return html`<span class="is-${kind}">${outcomeWords[difference.outcome]}</span>${replicationsNeeded && ` (${replicationsNeeded} runs would do)`}`;
}
