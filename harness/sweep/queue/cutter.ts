/** Cuts what is to be done into chunks: large enough that handing them out costs nothing, small enough to share. */
import type { Plan } from '../../experiment/plan.js';
import type { Task } from '../executor.js';
import type { Grid } from '../grid.js';
import type { Estimate } from './estimate.js';
import type { Chunk, ChunkRun } from './parcel.js';

export interface Cut {
  readonly tasks: readonly Task[];
  readonly chunk: Chunk;
  /** What is thought that they take, before anything was learned. */
  readonly guessedSeconds: number;
}

/** A chunk travels as a whole, and so does what is lost with its worker. */
const most = { runs: 20_000, plans: 2000 };

/**
 * Takes the next tasks off the list's end.
 * @param seconds of work that are wanted
 */
export function cut(tasks: Task[], seconds: number, on: string, grid: Grid, estimate: Estimate): Cut {
  const [taken, plans, runs]: [Task[], Plan[], ChunkRun[]] = [[], [], []];
  let [expected, guessedSeconds, silenceMost, of, guess] = [0, 0, 0, 0, 0];
  while (tasks.length > 0 && expected < seconds && runs.length < most.runs && plans.length < most.plans) {
    const task = tasks.pop()!;
    const plan = grid.planFor(task.point, task.replication);
    // Plans of a point are the same but for what the seed makes.
    if (plans.at(-1)?.hosts !== plan.hosts) {
      plans.push(plan);
      [of, guess] = [estimate.of(plan), estimate.guess(plan)];
      silenceMost = Math.max(silenceMost, estimate.most(plan));
    }
    const { faults } = plans.at(-1)!;
    taken.push(task);
    runs.push({
      ...{ point: task.point.index, replication: task.replication, plan: plans.length - 1, seed: plan.seed },
      ...(plan.faults !== faults && { faults: plan.faults }),
    });
    expected += of;
    guessedSeconds += guess;
  }
  return { tasks: taken, chunk: { on, plans, runs, silenceMost }, guessedSeconds };
}
