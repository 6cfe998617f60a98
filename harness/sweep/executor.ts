/** Who performs a sweep's runs: this machine, or others. What there is of a sweep is in its ledger and nowhere else. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Subject } from '../run/subject.js';
import type { Grid, GridPoint } from './grid.js';
import { labRunner, type Runner, type RunResult, simRunner } from './runner.js';

/** A run of a sweep. */
export interface Task {
  readonly point: GridPoint;
  /** Counts from 1. */
  readonly replication: number;
}

/** What came of a run: its numbers, or why it came to nothing, in one sentence. */
export type RunOutcome = RunResult | { readonly reason: string };

export interface Executor {
  /**
   * Performs runs in any order, and gives what comes of each as it comes. Somebody may have done a run that somebody
   * else was thought to be doing: what is given first counts, and it makes no difference, since results are the same
   * bits for everybody. Ends when all are through, or soon after the sweep's signal was aborted; leaves nothing behind.
   */
  perform(tasks: readonly Task[], give: (task: Task, outcome: RunOutcome) => void): Promise<void>;
  /** Who is at work, in a few words for people; null when nothing is to be said. */
  state?(): string | null;
}

/** What an executor is told of the sweep. */
export interface ExecutorSetting {
  readonly grid: Grid;
  readonly subject: Subject;
  /** The sweep's. */
  readonly folder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told what people should know at once, in a line. */
  readonly say: (line: string) => void;
}

/**
 * This machine: worker threads for the simulator, machines in virtual time, or one run after the other in real time.
 * @param jobs runs at a time
 */
export const localExecutor = (jobs: number, setting: ExecutorSetting): Executor => ({
  async perform(tasks, give) {
    const { grid, subject, folder, signal } = setting;
    await prepare(tasks, setting);
    const runner =
      subject.name === 'sim'
        ? simRunner(Math.min(jobs, Math.max(1, tasks.length)), signal)
        : labRunner(subject, { ...setting, jobs, out: join(folder, 'runs') });
    try {
      await performAll(tasks, runner, signal, async (task) => {
        const { point, replication } = task;
        give(task, await attempt(() => runner.perform(grid.planFor(point, replication))));
      });
    } finally {
      await runner.close();
    }
  },
});

/** What runs have to find ready is made before several of them would make it at a time. */
async function prepare(tasks: readonly Task[], { grid, subject, say }: ExecutorSetting): Promise<void> {
  if (subject.clock !== 'virtual') return;
  const firsts = new Map(tasks.map(({ point, replication }) => [point, replication]));
  for (const [point, replication] of firsts) await subject.tryOut?.(grid.planFor(point, replication), say);
}

/** One run's failure is one sentence in the end; it stops no other run. */
export async function attempt(perform: () => Promise<RunResult>): Promise<RunOutcome> {
  try {
    return await perform();
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** Lanes that take the next task as soon as they are done with one, until all are taken or somebody asks to stop. */
export async function performAll<Task>(
  tasks: readonly Task[],
  { width }: Pick<Runner, 'width'>,
  signal: AbortSignal,
  perform: (task: Task) => Promise<void>,
): Promise<void> {
  const queue = tasks.values();
  const lane = async () => {
    for (const task of queue) {
      if (signal.aborted) return;
      await perform(task);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
