/** Curves with intervals as the paper has them: one metric over one thing varied, a curve for each of the others. */
import { Plot, plotSvg, seriesStyle } from '../page/draw.js';
import type { Content } from '../page/escape.js';
import { figureMarkup, type Size } from '../page/figure.js';
import { type Column, tableMarkup } from '../page/table.js';
import type { Row, SweepFiles } from './read.js';

interface Metric {
  readonly column: string;
  readonly title: string;
  readonly unit: string;
}

const shown: readonly Metric[] = [
  { column: 'handling_speed_percent', title: 'Handling speed', unit: '% of PE capacity' },
  { column: 'utilisation_percent', title: 'Utilisation', unit: '%' },
  { column: 'failover_delay_s', title: 'Failover delay', unit: 's' },
  { column: 'handling_time_s', title: 'Handling time', unit: 's' },
];

interface Point {
  readonly x: string | number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly tip: string;
}

interface Curve {
  readonly name: string;
  readonly index: number;
  readonly points: readonly Point[];
}

export function curveFigures(sweep: SweepFiles): Content {
  const x = chooseX(sweep);
  return shown.map((metric) => {
    const curves = curvesOf(sweep, x, metric);
    return curves.length === 0 ? null : curveFigure(sweep, x, metric, curves);
  });
}

const valuesOf = ({ points }: SweepFiles, name: string): (string | number)[] => [
  ...new Set(points.map((row) => row[name] ?? '')),
];

/** What has most values that can be put on an axis; else what has most values. */
function chooseX(sweep: SweepFiles): string | null {
  const ranked = sweep.varied
    .map((name) => ({ name, values: valuesOf(sweep, name) }))
    .map(({ name, values }) => ({ name, rank: values.length + (values.length > 1 && isNumeric(values) ? 1000 : 0) }))
    .sort((a, b) => b.rank - a.rank);
  return ranked[0]?.name ?? null;
}

const isNumeric = (values: readonly (string | number)[]): boolean => values.every((value) => typeof value === 'number');

function curvesOf(sweep: SweepFiles, x: string | null, { column, title }: Metric): Curve[] {
  const others = sweep.varied.filter((name) => name !== x && valuesOf(sweep, name).length > 1);
  const curves = new Map<string, Point[]>();
  for (const row of sweep.points) {
    const mean = row[`${column}_mean`];
    if (typeof mean !== 'number') continue;
    const half = row[`${column}_ci95`];
    const spread = typeof half === 'number' ? half : 0;
    const name = others.map((other) => nameValue(other, row[other])).join(', ') || title;
    const at = x === null ? 'all' : (row[x] ?? '');
    const tip = `${name}\n${x ?? ''} ${at}: ${show(mean)}${spread > 0 ? ` ± ${show(spread)}` : ''} (n = ${row[`${column}_n`]})`;
    curves.set(name, [
      ...(curves.get(name) ?? []),
      { x: at, mean, low: Math.max(Math.min(0, mean), mean - spread), high: mean + spread, tip },
    ]);
  }
  return [...curves].map(([name, points], index) => ({ name, index, points }));
}

/** Names speak for themselves, numbers need to be told what they are. */
const nameValue = (name: string, value: Row[string] | undefined): string =>
  typeof value === 'string' && value !== 'true' && value !== 'false' ? value : `${name} ${value}`;

const show = (value: number): string => String(Number(value.toPrecision(4)));

function curveFigure(sweep: SweepFiles, x: string | null, metric: Metric, curves: readonly Curve[]): Content {
  const { column, title, unit } = metric;
  return figureMarkup({
    file: `${sweep.description.experiment}-${column}`,
    title: x === null ? title : `${title} over ${x}`,
    reading: `Means of ${sweep.description.replications} ${sweep.description.replications === 1 ? 'run' : 'runs'} per point, with 95 % confidence intervals where there are several.`,
    alternative: curves
      .map(({ name, points }) => `${name}: ${points.map((point) => `${point.x} ${show(point.mean)}`).join(', ')}`)
      .join('; '),
    draw: (size) => curveSvg(curves, x, `${title} [${unit}]`, size),
    table: tableMarkup({
      id: `curve-${column}`,
      file: `${sweep.description.experiment}-${column}`,
      caption: `${title} [${unit}]`,
      rows: sweep.points,
      columns: [
        ...sweep.varied.map((name) => plainColumn(name, sweep.points)),
        ...['mean', 'ci95', 'n'].map((part) => plainColumn(`${column}_${part}`, sweep.points)),
      ],
    }),
  });
}

/** Of a table as it was stored: names are text, and so is a seed, which nobody counts with. */
export function plainColumn(name: string, rows: readonly Row[]): Column<Row> {
  const isText = name === 'seed' || rows.some((row) => typeof row[name] === 'string');
  return {
    ...{ key: name, label: name.replace(/_/g, ' '), unit: isText ? 'text' : 'number' },
    value: (row) => (isText && row[name] !== undefined && row[name] !== null ? String(row[name]) : (row[name] ?? null)),
  };
}

const symbols = ['circle', 'square', 'triangle', 'diamond', 'star'] as const;

function curveSvg(curves: readonly Curve[], x: string | null, label: string, { width }: Size): string {
  const narrow = width < 500;
  const places = [...new Set(curves.flatMap(({ points }) => points.map((point) => point.x)))];
  const numeric = places.length > 1 && isNumeric(places);
  const wide =
    numeric && Number(places[0]) > 0 && Math.max(...(places as number[])) / Math.min(...(places as number[])) > 30;
  const lows = Math.min(...curves.flatMap(({ points }) => points.map(({ low }) => low)));
  const highs = Math.max(...curves.flatMap(({ points }) => points.map(({ high }) => high)));
  // What differs by less than the axis can say is drawn as alike.
  const spread = Math.max(highs - lows, 0.02 * highs);
  return plotSvg(
    {
      width,
      height: narrow ? 270 : 380,
      marginLeft: 62,
      marginRight: 18,
      marginTop: 12,
      marginBottom: 46,
      x: {
        label: x ?? '',
        labelAnchor: 'center',
        labelArrow: 'none',
        type: numeric ? (wide ? 'log' : 'linear') : 'point',
        grid: true,
        ...(numeric
          ? {
              ticks: places.length <= 8 && !narrow ? (places as number[]) : 5,
              tickFormat: (value: number) => String(value),
            }
          : {}),
      },
      // From zero, unless that would leave most of the figure empty.
      y: {
        label,
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 52,
        grid: true,
        nice: true,
        domain: [lows > 0.4 * highs ? lows - 0.15 * spread : Math.min(0, lows), Math.max(highs, lows + 0.5 * spread)],
      },
      marks: [Plot.frame({ stroke: 'var(--line)' }), ...curves.flatMap((curve) => curveMarks(curve, numeric))],
    },
    curves.map(({ name, index }) => ({ label: name, ...curveStyle(index), line: true })),
  );
}

/** Colour and dashes both change, at different paces: twenty curves are all different. */
const curveStyle = (index: number) => ({
  colour: seriesStyle(index % 4).colour,
  dash: seriesStyle((index + Math.floor(index / 4)) % 4).dash,
});

function curveMarks({ points, index }: Curve, numeric: boolean): Plot.Markish[] {
  const { colour, dash } = curveStyle(index);
  const sorted = numeric ? [...points].sort((a, b) => Number(a.x) - Number(b.x)) : points;
  return [
    Plot.line(sorted, { x: 'x', y: 'mean', stroke: colour, strokeWidth: 1.8, strokeDasharray: dash }),
    Plot.ruleX(sorted, { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.4 }),
    Plot.dot(sorted, { x: 'x', y: 'mean', r: 4, fill: colour, symbol: symbols[index % symbols.length]!, title: 'tip' }),
  ];
}
