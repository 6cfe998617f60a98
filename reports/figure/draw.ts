/** Draws a panel of a figure. */
import { Plot } from '../page/plot.js';
import { type Dimension, type Panel, policyNames, type Series } from './figure.js';
import { type Document, framed, nameOfPanel, newDocument, type Svg } from './frame.js';
import { type CurveStyle, styleOf } from './style.js';

export interface Drawing {
  readonly title: string;
  readonly x: Dimension;
  readonly curve: Dimension;
  readonly panel: Panel;
  readonly series: readonly Series[];
  /** Symbols at the points; a formula's curves are too dense for them. @defaultValue true */
  readonly symbols?: boolean;
}

const width = 760;
const plotHeight = 430;
const titleHeight = 58;
const rowHeight = 22;
const margin = { left: 64, right: 22 };

export function drawPanel(drawing: Drawing): string {
  const document = newDocument();
  const legend = legendOf(drawing, document);
  const subtitle = nameOfPanel(drawing.panel);
  return framed({
    ...{ width, height: titleHeight + plotHeight + legend.height, title: drawing.title, subtitle },
    label: `${drawing.title}: ${subtitle}`,
    parts: [
      { svg: plotOf(drawing, document), y: titleHeight },
      { svg: legend.svg, y: titleHeight + plotHeight },
    ],
  });
}

function plotOf({ x, panel, series, symbols = true }: Drawing, document: Document): Svg {
  const top = Math.max(panel.atLeast ?? 0, ...series.flatMap(({ points }) => points.map(({ high }) => high)));
  const svg = Plot.plot({
    document,
    width,
    height: plotHeight,
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: 12,
    marginBottom: 48,
    x: { ...axisOf(x), labelAnchor: 'center', labelArrow: 'none', labelOffset: 42, grid: true },
    y: {
      ...{ label: panel.label, labelAnchor: 'center', labelArrow: 'none', labelOffset: 54 },
      ...{ grid: true, nice: true, domain: [bottomOf(series), top] },
    },
    marks: [Plot.frame({ stroke: '#999999' }), ...series.flatMap((each) => marksOf(each, symbols))],
  });
  return svg as unknown as Svg;
}

/** Label and kind of the x axis. */
export const axisOf = ({ label, logarithmic = false }: Dimension): Plot.ScaleOptions =>
  logarithmic ? { label, type: 'log', ticks: 4, tickFormat: String } : { label, nice: true };

/** Zero, unless that would leave most of the panel empty. */
function bottomOf(series: readonly Series[]): number {
  const all = series.flatMap(({ points }) => points);
  const low = Math.min(...all.map((point) => point.low));
  const high = Math.max(...all.map((point) => point.high));
  return low > 0.4 * high ? Math.floor((low - 0.1 * (high - low)) / 5) * 5 : Math.min(0, low);
}

function marksOf(series: Series, symbols: boolean): Plot.Markish[] {
  const { colour, dash } = styleOf(series);
  const at = { x: 'x', y: 'mean' };
  const line = { ...at, stroke: colour, strokeWidth: 1.6, ...(dash ? { strokeDasharray: dash } : {}) };
  const points = [...series.points];
  const intervals = points.filter(({ low, high }) => high > low);
  return [
    Plot.line(points, line),
    Plot.ruleX(intervals, { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.3 }),
    ...(symbols ? [Plot.dot(points, { ...at, ...dotOf(styleOf(series)) })] : []),
  ];
}

const dotOf = ({ colour, symbol, fill }: CurveStyle) => ({ symbol, fill, stroke: colour, strokeWidth: 1.5, r: 4.2 });

interface LegendEntry {
  readonly x: number;
  readonly y: number;
  readonly series: Series;
  readonly text: string;
}

/** A column per policy, so that curves that belong together stand together. */
function legendOf({ curve, series, symbols = true }: Drawing, document: Document) {
  const policies = [...new Set(series.map(({ policy }) => policy))];
  const perRow = policies.length > 1 ? policies.length : 3;
  const place = (each: Series) =>
    policies.length > 1
      ? { column: policies.indexOf(each.policy), row: each.index + 1 }
      : { column: each.index % perRow, row: Math.floor(each.index / perRow) + 1 };
  const entries = series.map((each): LegendEntry => {
    const { column, row } = place(each);
    const name = each.policy === null ? '' : `${policyNames[each.policy] ?? each.policy}, `;
    const columnWidth = (width - margin.left) / perRow;
    const value =
      typeof each.curve === 'number' ? Number((each.curve * (curve.scale ?? 1)).toPrecision(6)) : each.curve;
    return { x: margin.left + column * columnWidth, y: row * rowHeight + 8, series: each, text: `${name}${value}` };
  });
  const height = Math.max(...entries.map(({ y }) => y)) + 16;
  const svg = Plot.plot({
    document,
    ...{ width, height, margin: 0, axis: null },
    x: { domain: [0, width], range: [0, width] },
    y: { domain: [0, height], range: [0, height] },
    marks: [
      Plot.text([{ x: margin.left, y: 10 }], {
        x: 'x',
        y: 'y',
        text: () => legendTitle(curve, policies),
        textAnchor: 'start',
      }),
      ...entries.flatMap((entry) => keyOf(entry, symbols)),
    ],
  });
  return { svg: svg as unknown as Svg, height };
}

const legendTitle = ({ label }: Dimension, policies: readonly unknown[]): string =>
  policies.length > 1 ? `Pool policy, ${label}` : label;

function keyOf({ x, y, series, text }: LegendEntry, symbols: boolean): Plot.Markish[] {
  const style = styleOf(series);
  const dashes = style.dash ? { strokeDasharray: style.dash } : {};
  const ends = [x, x + 40].map((each) => ({ x: each, y }));
  return [
    Plot.line(ends, { x: 'x', y: 'y', stroke: style.colour, strokeWidth: 1.6, ...dashes }),
    ...(symbols ? [Plot.dot([{ x: x + 20, y }], { x: 'x', y: 'y', ...dotOf(style) })] : []),
    Plot.text([{ x: x + 48, y }], { x: 'x', y: 'y', text: () => text, textAnchor: 'start' }),
  ];
}
