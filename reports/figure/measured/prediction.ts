/** What both models predict for what was measured: the same plans, at the same scale and for as long. */
import { badInput } from '../../../harness/base/errors.js';
import type { Point, SimulationModel } from '../../../harness/experiment/experiment.js';
import { type Quirks, rsplibQuirks } from '../../../harness/sim/quirks.js';
import type { Values } from '../../../harness/sweep/columns.js';
import type { Grid } from '../../../harness/sweep/grid.js';
import { cameToNothing, type GrownTable } from '../../../harness/sweep/grow.js';
import { simulateRun } from '../../../harness/sweep/simulated.js';
import { pointOf } from '../data.js';
import { type Figure, isOfPaper, type Series } from '../figure.js';

export interface Theory {
  readonly name: string;
  readonly model: SimulationModel;
  readonly quirks?: Quirks;
}

/** Both models, and the deployment's once more with what is known to be a fault or a limit of what was measured. */
export const theories: readonly Theory[] = [
  { name: 'rspsim', model: 'rspsim' },
  { name: 'deployment', model: 'deployment' },
  { name: 'with quirks', model: 'deployment', quirks: rsplibQuirks },
];

/** Those that know all that a figure is about: RSPSIM knows nothing of attackers and of faults beside the paper's. */
export const theoriesOf = (figure: Figure): readonly Theory[] =>
  isOfPaper(figure) ? theories : theories.filter(({ model }) => model !== 'rspsim');

/** Runs of a grid's points. */
export interface RunsAt {
  readonly point: Point;
  readonly runs: readonly Values[];
}

export const measuredAt = ({ grid, records }: GrownTable): RunsAt[] =>
  grid.points.map(({ index, point }) => ({
    point,
    runs: records.filter((record) => record.point === index && !cameToNothing(record)).map(({ values }) => values),
  }));

/**
 * @param grid its plans are simulated, each point as often
 * @throws HarnessError `bad-input` when the model cannot represent a plan
 */
export function predictedAt(grid: Grid, { model, quirks }: Theory, replications: number): RunsAt[] {
  return grid.points.map((point) => {
    if (point.refusal !== null) throw badInput(point.refusal);
    const runs = Array.from({ length: replications }, (_, at) => {
      const plan = grid.planFor(point, at + 1);
      return simulateRun({ ...plan, model }, { record: true, ...(quirks && { quirks }) }).values;
    });
    return { point: point.point, runs };
  });
}

/** The runs at a point that has these values. */
export const runsAt = (all: readonly RunsAt[], point: Point): readonly Values[] =>
  all.find((each) => Object.entries(point).every(([name, value]) => each.point[name] === value))?.runs ?? [];

export interface Axes {
  readonly metric: string;
  readonly x: string;
  readonly curve: string;
}

/** A curve for each policy and each value of the curve parameter; points without a run are left out. */
export function curvesOf(all: readonly RunsAt[], { metric, x, curve }: Axes): Series[] {
  const values = (name: string) => [...new Set(all.map(({ point }) => point[name]!))];
  return values('policy').flatMap((policy) =>
    values(curve).map((value, index) => ({
      policy: String(policy),
      index,
      curve: value,
      points: all
        .filter(({ point }) => point.policy === policy && point[curve] === value)
        .flatMap(({ point, runs }) =>
          pointOf(
            Number(point[x]),
            runs.map((run) => run[metric]),
          ),
        )
        .sort((a, b) => a.x - b.x),
    })),
  );
}
