/** The measured numbers beside the predicted ones: speed and utilisation, then every metric's difference. */
import type {
  Comparison,
  EquivalenceOutcome,
  MetricComparison,
  MetricDifference,
  MetricEstimate,
  PointComparison,
} from '../../harness/compare/comparison.js';
import { formatDifference, formatEstimate } from '../../harness/compare/format.js';
import { Plot, plotSvg, seriesStyle, textWidth } from '../page/draw.js';
import { type Content, type Html, html } from '../page/escape.js';
import { figureMarkup, type Size } from '../page/figure.js';
import { type Table, tableMarkup } from '../page/table.js';
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

const outcomeWords: Readonly<Record<EquivalenceOutcome, string>> = {
  agrees: 'agrees',
  differs: 'differs',
  notEnoughData: 'not enough data',
};

interface Line {
  readonly metric: MetricComparison;
  readonly reference: string;
  readonly estimate: MetricEstimate | null;
  readonly difference: MetricDifference | null;
}

const linesOf = ({ metrics, references }: PointComparison): Line[] =>
  metrics.flatMap((metric) => {
    const lines = references.flatMap(({ name, notRepresentable }, index): Line[] =>
      notRepresentable === null ? [{ metric, reference: name, ...metric.references[index]! }] : [],
    );
    return lines.length > 0 ? lines : [{ metric, reference: '', estimate: null, difference: null }];
  });

function comparisonTable(point: PointComparison, id: string, file: string): Table<Line> {
  const lines = linesOf(point);
  const compared = lines.some(({ reference }) => reference !== '');
  const estimated = (estimate: MetricEstimate | null, { metric }: Line) =>
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
  return {
    id,
    file,
    caption: `Brackets: 95 % intervals.${compared ? ` Agrees: surely within ±${Math.round(point.margin * 100)} % of the prediction; differs: surely beyond.` : ''}`,
    rows: lines,
    columns: compared ? [...measuredColumns, ...predictedColumns] : measuredColumns,
  };
}

function outcomeMarkup(difference: MetricDifference | null): Html | string {
  if (!difference) return '–';
  const kind = { agrees: 'pass', differs: 'fail', notEnoughData: 'unknown' }[difference.outcome];
  const { replicationsNeeded } = difference;
  return html`<span class="is-${kind}">${outcomeWords[difference.outcome]}</span>${replicationsNeeded && ` (${replicationsNeeded} runs would do)`}`;
}

interface Dot {
  readonly label: string;
  readonly side: string;
  readonly index: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly tip: string;
}

function speedFigure(run: RunFiles, { metrics, references }: PointComparison): Content {
  const rows = metrics.filter(({ metric }) =>
    ['handlingSpeed', 'handlingSpeedPerRequest', 'utilisation'].includes(metric),
  );
  const dots = rows.flatMap(({ label, measured, references: sides }) =>
    [measured, ...sides.map(({ estimate }) => estimate)].flatMap((estimate, index): Dot[] => {
      if (!estimate) return [];
      const side = index === 0 ? run.side : references[index - 1]!.name;
      const { value, low, high } = estimate;
      return [
        {
          label,
          side,
          index,
          value,
          low: low ?? value,
          high: high ?? value,
          tip: `${label}, ${side}\n${formatEstimate(estimate, 'percent')}`,
        },
      ];
    }),
  );
  if (dots.length === 0) return null;
  const sides = [...new Map(dots.map(({ side, index }) => [index, side]))].sort(([a], [b]) => a - b);
  return figureMarkup({
    file: `${run.plan.experiment}-speed`,
    title: 'Handling speed and utilisation',
    reading: 'In percent of a pool element’s capacity. Lines: 95 % intervals, where one run is enough for any.',
    alternative: dots.map(({ tip }) => tip.replace('\n', ': ')).join('; '),
    draw: (size) => dotSvg(dots, sides, { ...size, label: '%', from: 0, marks: [] }),
    table: null,
  });
}

const clipAt = 1.5;

function differenceFigure(run: RunFiles, point: PointComparison): Content {
  const lines = linesOf(point).filter(({ difference }) => difference !== null && difference.relative !== null);
  if (lines.length === 0) return null;
  const dots = lines.map(({ metric, reference, difference, estimate }): Dot => {
    const { value, low, high, relative, outcome } = difference!;
    const scale = Math.abs(estimate!.value) || 1;
    const label = metric.label.replace(/^– /, '');
    const within = (it: number) => Math.max(-clipAt, Math.min(clipAt, it)) * 100;
    return {
      label,
      side: reference,
      index: 1 + point.references.findIndex(({ name }) => name === reference),
      value: within(relative!),
      low: within((low ?? value) / scale),
      high: within((high ?? value) / scale),
      tip: `${label}, measured less ${reference}\n${formatDifference(difference!, metric.unit)}, ${Math.round(relative! * 100)} %\n${outcomeWords[outcome]}`,
    };
  });
  const sides = [...new Map(dots.map(({ side, index }) => [index, side]))].sort(([a], [b]) => a - b);
  const margin = point.margin * 100;
  return figureMarkup({
    file: `${run.plan.experiment}-differences`,
    title: 'How far the measurement is from the prediction',
    reading: `Measured less predicted, in percent of the prediction, with 95 % intervals, cut off at ±${clipAt * 100} %. A line within the shaded ±${Math.round(margin)} % agrees; one wholly outside differs; all others leave it open.`,
    alternative: dots.map(({ tip }) => tip.replaceAll('\n', ': ')).join('; '),
    draw: (size) =>
      dotSvg(dots, sides, {
        ...size,
        ...{ label: '% of the prediction', from: -100 },
        marks: [
          Plot.rectX([0], { x1: -margin, x2: margin, fill: 'var(--strong-line)', fillOpacity: 0.25 }),
          Plot.ruleX([0]),
        ],
      }),
    table: null,
  });
}

interface DotPlot extends Size {
  readonly label: string;
  /** The axis begins here or lower. */
  readonly from: number;
  readonly marks: readonly Plot.Markish[];
}

function dotSvg(
  dots: readonly Dot[],
  sides: readonly (readonly [number, string])[],
  { width, label, from, marks }: DotPlot,
): string {
  const narrow = width < 500;
  const labels = [...new Set(dots.map((dot) => dot.label))];
  const lane = 15 * sides.length + (narrow ? 24 : 10);
  const marginLeft = narrow ? 8 : 16 + Math.max(...labels.map(textWidth));
  const offset = ({ index }: Dot) =>
    (sides.findIndex(([side]) => side === index) - (sides.length - 1) / 2) * 15 + (narrow ? 8 : 0);
  const groups = sides.map(([index]) => dots.filter((dot) => dot.index === index));
  return plotSvg(
    {
      width,
      height: labels.length * lane + 48,
      marginLeft,
      marginRight: 20,
      marginTop: 4,
      marginBottom: 42,
      x: {
        label,
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        nice: true,
        ticks: narrow ? 5 : 9,
        domain: [Math.min(from, ...dots.map(({ low }) => low)), Math.max(100, ...dots.map(({ high }) => high))],
      },
      y: { domain: labels, label: null, tickSize: 0, padding: 0.5, ...(narrow ? { axis: null } : {}) },
      marks: [
        ...marks,
        Plot.ruleY(labels, { y: (it: string) => it, dy: lane / 2, stroke: 'var(--line)' }),
        ...(narrow
          ? [
              Plot.text(labels, {
                y: (it: string) => it,
                text: (it: string) => it,
                frameAnchor: 'left',
                textAnchor: 'start',
                dy: -lane / 2 + 12,
              }),
            ]
          : []),
        ...groups.flatMap((group) => {
          const { colour, dash } = seriesStyle(group[0]!.index);
          const dy = offset(group[0]!);
          return [
            Plot.ruleY(group, {
              y: 'label',
              x1: 'low',
              x2: 'high',
              dy,
              stroke: colour,
              strokeWidth: 2,
              strokeDasharray: dash,
            }),
            Plot.dot(group, {
              y: 'label',
              x: 'value',
              dy,
              r: 5,
              fill: colour,
              symbol: group[0]!.index === 0 ? 'circle' : 'diamond',
              title: 'tip',
            }),
          ];
        }),
      ],
    },
    sides.map(([index, name]) => ({ label: name, ...seriesStyle(index), line: true })),
  );
}
