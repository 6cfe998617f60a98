/** From tables of measured runs to files: figures, the table of departures, the paper's statements, and a page. */
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { writeWhole } from '../../../harness/base/write-whole.js';
import type { Grid } from '../../../harness/sweep/grid.js';
import { cameToNothing, type GrownTable } from '../../../harness/sweep/grow.js';
import { type PageOptions, writePage } from '../../page/write.js';
import { FigureData } from '../data.js';
import { type Figure, fileBase, headingOf, type Series } from '../figure.js';
import { claimsTable, type ExaminedClaim } from '../figure-set.js';
import { pngOf } from '../png.js';
import { type DepartureRow, departuresOf } from './departures.js';
import { drawMeasured } from './draw.js';
import { type EchoCost, echoCosts } from './echo-cost.js';
import { type LostWork, lostWork } from './lost-work.js';
import { measuredPage } from './page.js';
import { curvesOf, measuredAt, predictedAt, theoriesOf } from './prediction.js';

/** What is measured of a figure. */
export interface MeasuredTables {
  readonly scaled: GrownTable;
  /** The one point at the paper's own scale. */
  readonly full: GrownTable;
  /** The same plans on the figure's whole x axis, to be predicted. */
  readonly fine: Grid;
}

export interface DrawnMeasured {
  readonly figure: Figure;
  readonly panels: readonly { readonly label: string; readonly base: string; readonly svg: string }[];
  readonly departures: readonly DepartureRow[];
  readonly atFullScale: readonly DepartureRow[];
  /** Of Figure 13: the assumption of Figure 14. */
  readonly lostWork: readonly LostWork[];
  /** Of Figure 13. */
  readonly echoCosts: readonly EchoCost[];
  readonly claims: readonly ExaminedClaim[];
  /** Runs per point: fewest and most. */
  readonly perPoint: readonly [number, number];
  readonly points: number;
  /** Runs that came to nothing. */
  readonly unknown: number;
  readonly fingerprints: readonly string[];
}

/** Simulated runs at each point. */
const replications = 12;

/** Predicts what was measured, draws both, and writes the figure's files into the folder. */
export function writeMeasured(folder: string, figure: Figure, { scaled, full, fine }: MeasuredTables): DrawnMeasured {
  const { x, curve } = figure;
  const predict = (grid: Grid) =>
    Object.fromEntries(theoriesOf(figure).map((theory) => [theory.name, predictedAt(grid, theory, replications)]));
  const [predicted, predictedFull] = [predict(fine), predict(full.grid)];
  const measured = measuredAt(scaled);
  const panels = figure.panels.map((panel) => {
    const axes = { metric: panel.metric, x: x.name, curve: curve.name };
    const curves = (all: Parameters<typeof curvesOf>[0]) => curvesOf(all, axes);
    const base = `${fileBase(figure)}-${panel.name}`;
    const svg = drawMeasured({
      ...{ title: headingOf(figure), panel, x, curve, measured: curves(measured) },
      ...{ ...(predicted.rspsim && { rspsim: curves(predicted.rspsim) }), deployment: curves(predicted.deployment!) },
      explained: curves(predicted['with quirks']!),
    });
    writeWhole(join(folder, `${base}.svg`), svg);
    writeWhole(join(folder, `${base}.png`), pngOf(svg));
    const theoretical = Object.entries(predicted).map(([name, all]) => [name, curves(all)] as const);
    writeWhole(join(folder, `${base}.csv`), curvesTable(figure, [['measured', curves(measured)], ...theoretical]));
    return { label: panel.label, base, svg };
  });
  const most = Math.max(1, ...scaled.records.map(({ replication }) => replication));
  const data = new FigureData({ ...scaled, description: { replications: most }, independent: true });
  const isOfCookies = figure.name === '13';
  const costs = isOfCookies ? echoCosts(fine, predicted.deployment!, replications) : [];
  if (isOfCookies) writeWhole(join(folder, 'cookie-echo-cost.csv'), costTable(costs));
  const counts = measured.map(({ runs }) => runs.length);
  const all = [...scaled.records, ...full.records];
  return {
    ...{ figure, panels, points: scaled.grid.points.length },
    departures: departuresOf(measured, predicted),
    atFullScale: departuresOf(measuredAt(full), predictedFull),
    lostWork: isOfCookies ? lostWork(measured, predicted.deployment!) : [],
    echoCosts: costs,
    claims: figure.claims.map((claim) => ({ ...claim, finding: claim.examine(data) })),
    perPoint: [Math.min(...counts), Math.max(...counts)],
    unknown: all.filter(cameToNothing).length,
    fingerprints: [...new Set(all.flatMap(({ fingerprint }) => fingerprint ?? []))],
  };
}

const costTable = (costs: readonly EchoCost[]): string =>
  stringify([
    ['policy', 'mtbf', 'cookie', 'handling_speed_percent', 'with_late_cookie_echo_percent'],
    ...costs.map(({ point, ...speed }) => [point.policy, point.mtbf, point.cookie, speed.without, speed.with]),
  ] as unknown[][]);

/** Every point of every curve, in the experiment's units. */
function curvesTable({ x, curve }: Figure, kinds: readonly (readonly [string, readonly Series[]])[]): string {
  const rows = kinds.flatMap(([kind, series]) =>
    series.flatMap(({ policy, curve: value, points }) =>
      points.map((point) => [kind, policy, value, point.x, point.mean, point.low, point.high, point.n]),
    ),
  );
  return stringify([['kind', 'policy', curve.name, x.name, 'mean', 'ci95_low', 'ci95_high', 'n'], ...rows]);
}

/** Writes `departures.csv`, `claims.csv` and `index.html`. */
export function writeMeasuredIndex(folder: string, drawn: readonly DrawnMeasured[], options?: PageOptions): string {
  const rows = drawn.flatMap(({ figure, departures, atFullScale }) => [
    ...departures.flatMap((row) => departureLines(figure.name, 'small', row)),
    ...atFullScale.flatMap((row) => departureLines(figure.name, 'full', row)),
  ]);
  const heads = ['figure', 'scale', 'metric', 'unit', 'runs', 'measured', 'model', 'predicted', 'difference_percent'];
  writeWhole(join(folder, 'departures.csv'), stringify([[...heads, 'ci95_low', 'ci95_high', 'verdict'], ...rows]));
  writeWhole(join(folder, 'claims.csv'), claimsTable(drawn));
  return writePage(join(folder, 'index.html'), measuredPage(drawn), options);
}

const departureLines = (name: string, scale: string, { metric, measured, runs, against }: DepartureRow) =>
  Object.entries(against).map(([model, { predicted, percent, interval, verdict }]) => [
    ...[name, scale, metric.column, metric.unit, runs, measured, model, predicted, percent],
    ...[interval?.low ?? null, interval?.high ?? null, verdict],
  ]);
