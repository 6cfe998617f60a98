/** Figures of a comparison: values side by side, and how far they are from each other. */
import type { PointComparison } from '../../harness/compare/comparison.js';
import { formatDifference, formatEstimate } from '../../harness/compare/format.js';
import { Plot, plotSvg, seriesStyle, textWidth } from '../page/draw.js';
import type { Content } from '../page/escape.js';
import { figureMarkup, type Size } from '../page/figure.js';
import { linesOf, outcomeWords } from './comparison-lines.js';
import type { RunFiles } from './read.js';

interface Dot {
  readonly label: string;
  readonly side: string;
  readonly index: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly tip: string;
}

export function speedFigure(run: RunFiles, { metrics, references }: PointComparison): Content {
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

export function differenceFigure(run: RunFiles, point: PointComparison): Content {
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
        ...groups.flatMap((group) => groupMarks(group, offset(group[0]!))),
      ],
    },
    sides.map(([index, name]) => ({ label: name, ...seriesStyle(index), line: true })),
  );
}

/** One side's values, each with its interval. */
function groupMarks(group: readonly Dot[], dy: number): Plot.Markish[] {
  const { index } = group[0]!;
  const { colour, dash } = seriesStyle(index);
  const line = { stroke: colour, strokeWidth: 2, strokeDasharray: dash };
  const symbol = index === 0 ? ('circle' as const) : ('diamond' as const);
  return [
    Plot.ruleY(group, { y: 'label', x1: 'low', x2: 'high', dy, ...line }),
    Plot.dot(group, { y: 'label', x: 'value', dy, r: 5, fill: colour, symbol, title: 'tip' }),
  ];
}
