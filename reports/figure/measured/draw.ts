/** Draws measured points over predicted curves: one plot for each value of the curve parameter, side by side. */
import { Plot } from '../../page/plot.js';
import { axisOf } from '../draw.js';
import { type Dimension, type Panel, policyNames, type Series, type SeriesPoint } from '../figure.js';
import { type Document, foreground, framed, nameOfPanel, newDocument, type Svg } from '../frame.js';
import { styleOf } from '../style.js';

export interface MeasuredDrawing {
  readonly title: string;
  readonly panel: Panel;
  readonly x: Dimension;
  readonly curve: Dimension;
  readonly measured: readonly Series[];
  readonly deployment: readonly Series[];
  /** @defaultValue this model knows nothing of what is drawn */
  readonly rspsim?: readonly Series[];
  /** With what is known to be a fault of RSPLIB's. */
  readonly explained: readonly Series[];
}

const width = 900;
const plotHeight = 360;
const titleHeight = 78;
const legendHeight = 88;

/** @returns SVG that stands on its own */
export function drawMeasured(drawing: MeasuredDrawing): string {
  const document = newDocument();
  const name = nameOfPanel(drawing.panel);
  return framed({
    ...{ width, height: titleHeight + plotHeight + legendHeight, title: drawing.title },
    subtitle: `${name}, measured and predicted`,
    label: `${drawing.title}, measured: ${name}`,
    parts: [
      { svg: plotOf(drawing, document), y: titleHeight },
      { svg: legendOf(drawing, document), y: titleHeight + plotHeight },
    ],
  });
}

interface Place extends SeriesPoint {
  readonly facet: string;
}

function plotOf(
  { panel, x, curve, measured, deployment, rspsim, explained }: MeasuredDrawing,
  document: Document,
): Svg {
  const [, name = '', unit = ''] = /^(.*?)(?: \[(.*)\])?$/.exec(curve.label)!;
  const shown = (value: Series['curve']) =>
    typeof value === 'number' ? Number((value * (curve.scale ?? 1)).toPrecision(6)) : value;
  const facetOf = (value: Series['curve']) => `${name}: ${shown(value)} ${unit}`.trim();
  const placesOf = (series: Series): Place[] =>
    series.points.map((point) => ({ ...point, x: point.x * (x.scale ?? 1), facet: facetOf(series.curve) }));
  // Of two runs an interval is as wide as many panels: bars that go beyond what is seen are cut.
  const predicted = [...deployment, ...(rspsim ?? []), ...explained].flatMap(({ points }) => points);
  const means = measured.flatMap(({ points }) => points.map(({ mean }) => mean));
  const top = 10 * Math.ceil(Math.max(panel.atLeast ?? 0, ...predicted.map(({ high }) => high), ...means) / 10);
  const bottom = Math.min(0, ...predicted.map(({ low }) => low), ...means);
  const at = { x: 'x', y: 'mean', fx: 'facet' } as const;
  const marks = [
    ...(rspsim ?? []).map((series) =>
      Plot.line(placesOf(series), { ...at, stroke: inkOf(series), strokeWidth: 1.2, strokeDasharray: '2 3' }),
    ),
    ...explained.map((series) =>
      Plot.line(placesOf(series), { ...at, stroke: inkOf(series), strokeWidth: 1.4, strokeDasharray: '8 3' }),
    ),
    ...deployment.map((series) => Plot.line(placesOf(series), { ...at, stroke: inkOf(series), strokeWidth: 1.6 })),
    ...measured.flatMap((series) => {
      const places = placesOf(series);
      const ends = places
        .filter(({ low, high }) => high > low)
        .map(({ low, high, ...place }) => ({ ...place, low: Math.max(low, bottom), high: Math.min(high, top) }));
      const { symbol, fill } = styleOf({ policy: series.policy, index: 0 });
      return [
        Plot.ruleX(ends, {
          x: 'x',
          y1: 'low',
          y2: 'high',
          fx: 'facet',
          stroke: inkOf(series),
          strokeWidth: 1.2,
          clip: true,
        }),
        Plot.dot(places, { ...at, symbol, fill, stroke: inkOf(series), strokeWidth: 1.6, r: 4.5 }),
      ];
    }),
  ];
  return Plot.plot({
    document,
    ...{ width, height: plotHeight, marginLeft: 64, marginRight: 22, marginTop: 30, marginBottom: 48 },
    fx: { label: null, padding: 0.06, domain: [...new Set(measured.map(({ curve: value }) => facetOf(value)))] },
    x: { ticks: 5, ...axisOf(x), labelAnchor: 'center', labelArrow: 'none', labelOffset: 42, grid: true },
    y: {
      ...{ label: panel.label, labelAnchor: 'center', labelArrow: 'none', labelOffset: 54 },
      ...{ grid: true, domain: [bottom, top] },
    },
    marks: [Plot.frame({ stroke: '#999999' }), ...marks],
  }) as unknown as Svg;
}

const inkOf = ({ policy }: Pick<Series, 'policy'>): string => styleOf({ policy, index: 0 }).colour;

function legendOf({ rspsim }: MeasuredDrawing, document: Document): Svg {
  const policies = Object.keys(policyNames);
  const column = (at: number) => 64 + at * 270;
  const kinds = [
    ...(rspsim ? [{ text: 'predicted (rspsim)', dash: '2 3', strokeWidth: 1.2 }] : []),
    { text: 'predicted (deployment)', dash: '', strokeWidth: 1.6 },
    { text: 'the same with RSPLIB’s quirks', dash: '8 3', strokeWidth: 1.4 },
  ];
  const label = (x: number, y: number, text: string) =>
    Plot.text([{ x, y }], { x: 'x', y: 'y', text: () => text, textAnchor: 'start' });
  const line = (x: number, y: number, style: Plot.LineOptions) =>
    Plot.line(
      [0, 40].map((more) => ({ x: x + more, y })),
      { x: 'x', y: 'y', ...style },
    );
  return Plot.plot({
    document,
    ...{ width, height: legendHeight, margin: 0, axis: null },
    x: { domain: [0, width], range: [0, width] },
    y: { domain: [0, legendHeight], range: [0, legendHeight] },
    marks: [
      ...policies.flatMap((policy, at) => {
        const { colour, symbol, fill } = styleOf({ policy, index: 0 });
        const dot = { x: 'x', y: 'y', symbol, fill, stroke: colour, strokeWidth: 1.6, r: 4.5 };
        return [
          Plot.dot([{ x: column(at) + 20, y: 14 }], dot),
          label(column(at) + 48, 14, `${policyNames[policy]}, measured`),
        ];
      }),
      ...kinds.flatMap(({ text, dash, strokeWidth }, at) => [
        line(column(at), 40, { stroke: foreground, strokeWidth, ...(dash && { strokeDasharray: dash }) }),
        label(column(at) + 48, 40, text),
      ]),
      label(column(0), 66, 'Bars: 95 % intervals over independent runs, cut at the edge of the panel'),
    ],
  }) as unknown as Svg;
}
