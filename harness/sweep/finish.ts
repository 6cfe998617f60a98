/** What a sweep leaves once nothing is left to do: tables, and its description with the state it came to. */
import { join } from 'node:path';
import { writeWhole } from '../base/write-whole.js';
import { describe, type SweepDescription, type SweepFailure } from './folder.js';
import type { Grid } from './grid.js';
import type { RunRecord } from './ledger.js';
import { pointTable, runTable } from './table.js';

/** @typeParam G a grid, or only its points where no plan is made any more */
export interface FinishedSweep<G extends Pick<Grid, 'points'> = Grid> {
  readonly folder: string;
  readonly description: SweepDescription;
  readonly grid: G;
  readonly records: readonly RunRecord[];
}

export function finish<G extends Pick<Grid, 'points'>>(
  folder: string,
  description: SweepDescription,
  grid: G,
  { records, failures }: { records: readonly RunRecord[]; failures: readonly SweepFailure[] },
): FinishedSweep<G> {
  writeWhole(join(folder, 'runs.csv'), runTable(grid, records));
  writeWhole(join(folder, 'table.csv'), pointTable(grid, records));
  const state = failures.length > 0 ? 'failed' : 'complete';
  const final = { ...description, state, failures: inOrder(grid, failures) } as const;
  describe(folder, final);
  return { folder, description: final, grid, records };
}

/** As the grid has them, whichever failed first. */
function inOrder({ points }: Pick<Grid, 'points'>, failures: readonly SweepFailure[]): SweepFailure[] {
  const indexOf = new Map(points.map(({ index, point }) => [pointKey(point), index]));
  const placeOf = ({ point }: SweepFailure) => indexOf.get(pointKey(point)) ?? 0;
  return [...failures].sort((a, b) => placeOf(a) - placeOf(b) || (a.replication ?? 0) - (b.replication ?? 0));
}

/** The same for the same point, wherever it was read. */
export const pointKey = (point: SweepFailure['point']): string => JSON.stringify(point);
