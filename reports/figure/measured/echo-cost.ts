/** What the late cookie echo costs of handling speed, point by point: predicted with it and without. */
import type { Point } from '../../../harness/experiment/experiment.js';
import { noQuirks } from '../../../harness/sim/quirks.js';
import type { Grid } from '../../../harness/sweep/grid.js';
import { meanOfRuns } from '../../../harness/sweep/table.js';
import { predictedAt, type RunsAt } from './prediction.js';

export interface EchoCost {
  readonly point: Point;
  /** Handling speed, percent of an element's capacity. */
  readonly without: number | null;
  readonly with: number | null;
}

const speed = 'handling_speed_percent';

/** @param without what the deployment's model predicts for the grid */
export function echoCosts(grid: Grid, without: readonly RunsAt[], replications: number): EchoCost[] {
  const late = {
    name: 'late cookie echo',
    model: 'deployment',
    quirks: { ...noQuirks, lateCookieEcho: true },
  } as const;
  const meanAt = ({ runs }: RunsAt) => meanOfRuns(runs.map((run) => run[speed])).mean;
  return predictedAt(grid, late, replications).map((there, at) => ({
    point: there.point,
    without: meanAt(without[at]!),
    with: meanAt(there),
  }));
}
