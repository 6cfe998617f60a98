/** What a sweep covers: the points, each with a plan or with the reason why it cannot have one. */
import { createHash } from 'node:crypto';
import { badInput, messageOf } from '../base/errors.js';
import type { Experiment, Point, PointValue } from '../experiment/experiment.js';
import type { LoadedExperiment } from '../experiment/load.js';
import { gridOf, type PhaseLengths, type Plan, planner } from '../experiment/plan.js';
import type { Subject } from '../run/subject.js';
import { replicationSeed } from './seed.js';

/** Other values, for some of what the experiment varies, than its own. */
export type Restriction = Readonly<Record<string, readonly PointValue[]>>;

export interface GridPoint {
  /** Counts from 0 in the grid's order. */
  readonly index: number;
  readonly point: Point;
  /** Why this point cannot be run; null when it can. */
  readonly refusal: string | null;
}

export interface Grid {
  readonly experiment: string;
  readonly points: readonly GridPoint[];
  /** Of all plans: the same digest, the same sweep. */
  readonly digest: string;
  /** @param replication counts from 1 */
  planFor(point: GridPoint, replication: number): Plan;
}

export interface GridOptions {
  readonly seed: number;
  readonly restriction: Restriction;
  readonly phases: Partial<PhaseLengths>;
  readonly subject: Pick<Subject, 'check'>;
  /** @defaultValue that of the replication, the same at every point */
  readonly seedOf?: (point: Point, replication: number) => number;
}

/**
 * Lays out the grid and tries every point's plan. A point that cannot be planned does not stop the others.
 * @throws HarnessError `bad-input` when none of the points can be planned, with the first one's reason
 */
export function layOut(loaded: LoadedExperiment, options: GridOptions): Grid {
  const { seed, restriction, phases, subject } = options;
  const { seedOf = (_: Point, replication: number) => replicationSeed(seed, replication) } = options;
  const { experiment, file, question, expectation } = loaded;
  const restricted: Experiment = { ...experiment, vary: { ...experiment.vary, ...restriction } };
  const plansAt = (point: Point) => planner(restricted, { point, phases, question, expectation, file });
  const digest = createHash('sha256');
  const points = gridOf(restricted).map((point, index): GridPoint => {
    const refusal = refusalOf(() => {
      const plan = plansAt(point)(seed);
      // What the plan says about itself changes no result.
      digest.update(JSON.stringify({ ...plan, question: null, expectation: null, file: null }));
      return plan;
    }, subject);
    // Of a value that somebody typed it is a mistake at the door, not a point that fails.
    if (refusal?.by === 'experiment' && isTyped(experiment, point)) throw badInput(refusal.reason);
    digest.update(refusal?.reason ?? '');
    return { index, point, refusal: refusal?.reason ?? null };
  });
  if (points.length === 0) throw badInput(`${experiment.name}: expected at least one point to sweep, got none`);
  if (points.every(({ refusal }) => refusal !== null)) throw badInput(points[0]!.refusal!);

  // Runs come point by point, so remembering the last plan saves nearly all of the planning.
  let last: { index: number; plans: (seed: number) => Plan } | undefined;
  const planFor = ({ index, point }: GridPoint, replication: number): Plan => {
    if (last?.index !== index) last = { index, plans: plansAt(point) };
    return last.plans(seedOf(point, replication));
  };
  return { experiment: experiment.name, points, digest: digest.digest('hex'), planFor };
}

/** A point's own fault is one sentence, whoever threw it: an experiment's function may do anything. */
function refusalOf(plan: () => Plan, subject: Pick<Subject, 'check'>) {
  let by: 'experiment' | 'subject' = 'experiment';
  try {
    const made = plan();
    by = 'subject';
    subject.check(made);
    return null;
  } catch (error) {
    return { by, reason: messageOf(error) };
  }
}

const isTyped = ({ vary = {} }: Experiment, point: Point): boolean =>
  Object.entries(point).some(([name, value]) => !vary[name]?.includes(value));

/** A point as people read it: `policy LeastUsed, mtbf 5`. */
export const describePoint = (point: Point): string =>
  Object.entries(point)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'the only point';
