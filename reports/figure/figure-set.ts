/** From sweeps to files: a figure's panels as SVG, PNG and CSV, its claims examined, and the page with all of them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { writeWhole } from '../../harness/base/write-whole.js';
import type { FinishedSweep } from '../../harness/sweep/finish.js';
import { type PageOptions, writePage } from '../page/write.js';
import type { Claim, Finding } from './claim.js';
import { FigureData, seriesOf } from './data.js';
import { drawPanel } from './draw.js';
import { type Figure, fileBase, headingOf, type Panel, type Series } from './figure.js';
import { cookieSeries } from './figures/fig14.js';
import { claimsPage } from './page.js';
import { pngOf } from './png.js';

export interface DrawnPanel {
  readonly panel: Panel;
  /** File name without its ending; `.svg`, `.png` and `.csv` are there. */
  readonly base: string;
  readonly svg: string;
}

export interface ExaminedClaim extends Claim {
  readonly finding: Finding;
}

export interface DrawnFigure {
  readonly figure: Figure;
  readonly panels: readonly DrawnPanel[];
  readonly claims: readonly ExaminedClaim[];
  readonly sweep: FinishedSweep;
}

/** Draws a figure from its sweep and writes its files into the folder. */
export function writeFigure(folder: string, figure: Figure, sweep: FinishedSweep): DrawnFigure {
  mkdirSync(folder, { recursive: true });
  const data = new FigureData(sweep);
  const isFormula = figure.name === '14';
  const panels = figure.panels.map((panel): DrawnPanel => {
    const series = isFormula ? cookieSeries() : seriesOf(data, figure, panel);
    const base = `${fileBase(figure)}-${panel.name}`;
    const svg = drawPanel({
      title: headingOf(figure),
      panel,
      series,
      symbols: !isFormula,
      x: figure.x,
      curve: figure.curve,
    });
    writeWhole(join(folder, `${base}.svg`), svg);
    writeWhole(join(folder, `${base}.png`), pngOf(svg));
    writeWhole(join(folder, `${base}.csv`), csvOf(figure, series));
    return { panel, base, svg };
  });
  const claims = figure.claims.map((claim) => ({ ...claim, finding: claim.examine(data) }));
  return { figure, panels, claims, sweep };
}

/** One row per drawn point, in the units of the axes; n is 0 for a formula. */
function csvOf({ x, curve }: Figure, series: readonly Series[]): string {
  const rows = series.flatMap(({ policy, curve: value, points }) =>
    points.map((point) => [
      ...(policy === null ? [] : [policy]),
      typeof value === 'number' ? Number((value * (curve.scale ?? 1)).toPrecision(12)) : value,
      Number(point.x.toPrecision(12)),
      ...[point.mean, point.low, point.high, point.n],
    ]),
  );
  const policy = series.some((each) => each.policy !== null) ? ['policy'] : [];
  return stringify([[...policy, curve.name, x.name, 'mean', 'ci95_low', 'ci95_high', 'n'], ...rows]);
}

/** Writes `index.html` and `claims.csv`. */
export function writeIndex(folder: string, drawn: readonly DrawnFigure[], options?: PageOptions): string {
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, 'claims.csv'), claimsTable(drawn));
  return writePage(join(folder, 'index.html'), claimsPage(drawn), options);
}

/** One row per statement. */
export function claimsTable(drawn: readonly Pick<DrawnFigure, 'figure' | 'claims'>[]): string {
  const rows = drawn.flatMap(({ figure, claims }) =>
    claims.map(({ text, place, finding }) => [
      ...[figure.name, text, place, finding.verdict, finding.test],
      finding.numbers.join('; '),
    ]),
  );
  return stringify([['figure', 'claim', 'place', 'verdict', 'test', 'numbers'], ...rows]);
}
