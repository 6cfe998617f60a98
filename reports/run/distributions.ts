/** Distributions, measured and predicted: what a mean hides. */
import { formatDuration } from '../../harness/base/units.js';
import type { EcdfPoints, MetricName, PointComparison } from '../../harness/compare/comparison.js';
import { smallBelow } from '../../harness/stats/estimate.js';
import { Plot, plotSvg, seriesStyle } from '../page/draw.js';
import { type Content, html } from '../page/escape.js';
import { figureMarkup, type Size } from '../page/figure.js';
import { tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';

interface Curve {
  readonly name: string;
  readonly points: EcdfPoints;
  readonly index: number;
  readonly count: number;
}

const shown = [
  { metric: 'failoverDelay', title: 'Failover delay', what: 'failovers' },
  { metric: 'handling', title: 'Handling time', what: 'requests' },
] as const satisfies { metric: MetricName; title: string; what: string }[];

export function distributionFigures(run: RunFiles): Content {
  const { comparison } = run;
  if (!comparison) return html`<p>There is nothing to show distributions of.</p>`;
  const figures = shown.map((each) => distributionFigure(run, comparison, each));
  return figures.some((figure) => figure !== null) ? figures : html`<p>There is nothing to show distributions of.</p>`;
}

function distributionFigure(
  run: RunFiles,
  comparison: PointComparison,
  { metric, title, what }: (typeof shown)[number],
): Content {
  const curves = curvesOf(comparison, metric, run.side);
  if (curves.length === 0) return null;
  const [measured] = curves;
  const small = measured?.index === 0 && measured.count < smallBelow;
  return [
    figureMarkup({
      file: `${run.plan.experiment}-${metric}-distribution`,
      title: `${title}: how many ${what} took at most so long`,
      reading: small
        ? `Only ${measured.count} ${what} were measured: each is a step, and the curve’s shape says little.`
        : `Each curve rises by one step per ${what.slice(0, -1)}; where it crosses 0.5 is the median.`,
      alternative: curves
        .map(
          ({ name, points }) =>
            `${name}: half of the ${what} within ${formatDuration(quantile(points, 0.5))}, 95 % within ${formatDuration(quantile(points, 0.95))}`,
        )
        .join('; '),
      draw: (size) => ecdfSvg(curves, size),
      table: tableMarkup({
        id: `ecdf-${metric}`,
        file: `${run.plan.experiment}-${metric}-distribution`,
        caption: `${title}: steps of the empirical distributions`,
        rows: curves.flatMap(({ name, points }) => points.map((point) => ({ name, ...point }))),
        columns: [
          { key: 'side', label: 'side', unit: 'text', value: ({ name }) => name },
          { key: 'at_most_s', label: 'at most', unit: 'span', value: ({ x }) => x },
          { key: 'share', label: 'share', unit: 'number', value: ({ p }) => p },
        ],
      }),
    }),
  ];
}

function curvesOf({ distributions, references, metrics }: PointComparison, metric: MetricName, side: string): Curve[] {
  const distribution = distributions.find((each) => each.metric === metric);
  if (!distribution) return [];
  const numbers = metrics.find((each) => each.metric === metric);
  const curves = [
    { name: side, points: distribution.measured, index: 0, count: numbers?.measured?.observations ?? 0 },
    ...references.map(({ name }, index) => ({
      ...{ name, points: distribution.references[index] ?? [], index: index + 1 },
      count: numbers?.references[index]?.estimate?.observations ?? 0,
    })),
  ];
  return curves.filter(({ points }) => points.length > 0);
}

const quantile = (points: EcdfPoints, p: number): number => (points.find((point) => point.p >= p) ?? points.at(-1)!).x;

function ecdfSvg(curves: readonly Curve[], { width }: Size): string {
  const narrow = width < 500;
  // A model's rarest replication would press everything else to the left.
  const far =
    Math.max(...curves.map(({ points, index }) => (index === 0 ? points.at(-1)!.x : quantile(points, 0.99)))) * 1.04;
  return plotSvg(
    {
      width,
      height: narrow ? 260 : 320,
      marginLeft: 56,
      marginRight: 14,
      marginTop: 10,
      marginBottom: 42,
      x: {
        label: 'seconds',
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        domain: [0, far],
        ticks: narrow ? 4 : 9,
      },
      y: { label: null, grid: true, domain: [0, 1], ticks: 5, tickFormat: (p: number) => `${Math.round(p * 100)} %` },
      clip: true,
      marks: [
        Plot.ruleY([0], { stroke: 'var(--strong-line)' }),
        ...[...curves].reverse().flatMap((curve) => curveMarks(curve, far)),
      ],
    },
    curves.map(({ name, index, count }) => ({
      label: `${name} (n = ${count.toLocaleString('en-US')})`,
      ...{ ...seriesStyle(index), line: true },
    })),
  );
}

/** Steps up at each observation, from nothing to all. */
function curveMarks({ points, index, name }: Curve, far: number): Plot.Markish[] {
  const { colour, dash } = seriesStyle(index);
  const steps = [{ x: 0, p: 0 }, ...points, { x: far, p: 1 }];
  const dots = index === 0 && points.length <= 80;
  return [
    Plot.line(steps, {
      x: 'x',
      y: 'p',
      curve: 'step-after',
      stroke: colour,
      strokeWidth: index === 0 ? 2.4 : 2,
      strokeDasharray: dash,
      clip: true,
    }),
    Plot.dot(dots ? points : points.filter((_, step) => step % 5 === 0), {
      ...{ x: 'x', y: 'p', r: dots ? 2.6 : 5, fill: colour, fillOpacity: dots ? 1 : 0, clip: true },
      title: ({ x, p }: { x: number; p: number }) =>
        `${name}: ${Math.round(p * 1000) / 10} % within ${formatDuration(x)}`,
    }),
  ];
}
