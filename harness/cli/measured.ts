/** The paper's figures, measured on real components in virtual time: tables of runs that grow. */
import { join } from 'node:path';
import { type Figure, nameOfFigure, tableNames } from '../../reports/figure/figure.js';
import type { MeasuredTables } from '../../reports/figure/measured/set.js';
import type { PhaseLengths } from '../experiment/plan.js';
import { virtualSubject } from '../run/virtual-subject.js';
import type { Restriction } from '../sweep/grid.js';
import { gridFor, readTable } from '../sweep/grow.js';
import { growTold, loadShipped } from './grow.js';

export interface MeasureOptions {
  readonly seed: number;
  readonly replications: number;
  readonly jobs: number;
  /** Folder of the tables. */
  readonly out: string;
  readonly signal: AbortSignal;
}

/** Of the paper's 10 elements and 100 users: 3 and 30. */
const usualScale = 0.3;

/** Seconds. Real components need less time to find together than RSPSIM's. */
const phases = { settle: 5, warmUp: 30 };

/** At the paper's own scale a run takes minutes, so there are fewer. */
const fullReplications = 3;

/** A part of what is measured of a figure: its grid at the small scale, or one point at the full one. */
interface Part {
  readonly name: string;
  readonly table: string;
  readonly restriction: Restriction;
  readonly phases: Partial<PhaseLengths>;
  readonly replications: number;
}

function partsOf(figure: Figure, { out, replications }: MeasureOptions): Part[] {
  const { measured } = figure;
  if (!measured) return [];
  const { grid, scale = usualScale, full, measure } = measured;
  const names = tableNames(figure);
  const at = { ...phases, measure };
  const name = nameOfFigure(figure);
  return [
    { name, table: names.runs, restriction: { ...figure.grid, ...grid, scale: [scale] }, phases: at, replications },
    {
      ...{
        name: `${name}, full scale`,
        table: names.full,
        restriction: { ...figure.grid, ...full, scale: [1] },
        phases: at,
      },
      replications: Math.min(replications, fullReplications),
    },
  ].map((part) => ({ ...part, table: join(out, part.table) }));
}

const growOptions = (part: Part, { seed }: MeasureOptions) => ({
  subject: virtualSubject,
  seed,
  ...part,
});

/**
 * Runs what the tables lack: every figure once, before any of them twice, and the few large runs last.
 * @throws HarnessError `interrupted` when the signal ended it
 */
export async function measureFigures(figures: readonly Figure[], options: MeasureOptions): Promise<void> {
  for (let replications = 1; replications <= options.replications; replications++) {
    const parts = figures.map((figure) => ({ figure, parts: partsOf(figure, { ...options, replications }) }));
    for (const size of [0, 1]) {
      for (const { figure, parts: both } of parts) {
        const part = both[size];
        if (!part) continue;
        const { jobs, signal } = options;
        await growTold(part.name, await loadShipped(figure.experiment), {
          ...growOptions(part, options),
          jobs,
          signal,
        });
      }
    }
  }
}

/** What the tables have of a figure; null for one that is not measured. */
export async function readFigure(figure: Figure, options: MeasureOptions): Promise<MeasuredTables | null> {
  const [scaled, full] = partsOf(figure, options);
  if (!scaled || !full) return null;
  const loaded = await loadShipped(figure.experiment);
  const { name } = figure.x;
  const fine = { ...scaled.restriction, [name]: loaded.experiment.vary?.[name] ?? [] };
  return {
    scaled: readTable(loaded, growOptions(scaled, options)),
    full: readTable(loaded, growOptions(full, options)),
    fine: gridFor(loaded, growOptions({ ...scaled, restriction: fine }, options)),
  };
}
