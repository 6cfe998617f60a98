/**
 * A table of runs that grows: a row per run, each with the command and the fingerprint that make it again. Rows stay,
 * whichever version made them, and only what is missing is run; so a table can grow over weeks, and be killed at any
 * moment.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { interrupted } from '../base/errors.js';
import { temporaryFolder } from '../base/temporary.js';
import { writeWhole } from '../base/write-whole.js';
import type { LoadedExperiment } from '../experiment/load.js';
import type { Plan } from '../experiment/plan.js';
import { replayCommand } from '../run/replay.js';
import type { Subject } from '../run/subject.js';
import { attempt, performAll } from './executor.js';
import { describePoint, type Grid, type GridPoint, layOut } from './grid.js';
import type { RunRecord } from './ledger.js';
import { readRuns, type TableRow } from './reproduce.js';
import { labRunner, type RunResult } from './runner.js';
import { ownSeed } from './seed.js';
import type { SweepOptions } from './sweep.js';
import { runTable } from './table.js';

/** As of a sweep, but that all runs are independent: none shares its seed with another. */
export interface GrowOptions
  extends TableOptions,
    Pick<SweepOptions, 'jobs' | 'clock' | 'signal' | 'onProgress' | 'say'> {}

/** Which runs the table is of. */
export interface TableOptions
  extends Pick<SweepOptions, 'subject' | 'seed' | 'replications' | 'restriction' | 'phases'> {
  /** A CSV file; need not be there yet. */
  readonly table: string;
}

export interface GrownTable {
  readonly grid: Grid;
  /** By point, then replication. A run that came to nothing has a record without values. */
  readonly records: readonly RunRecord[];
}

/** What the table has of the grid so far; runs nothing. */
export function readTable(loaded: LoadedExperiment, options: TableOptions): GrownTable {
  const grid = gridFor(loaded, options);
  return { grid, records: inOrder(kept(grid, options)) };
}

/**
 * Runs what the table lacks, each point once before any of them twice, and writes the table anew after each run.
 * @throws HarnessError `bad-input` before anything was started; `interrupted` when the signal ended it
 */
export async function growTable(loaded: LoadedExperiment, options: GrowOptions): Promise<GrownTable> {
  const { subject, replications, table, clock, signal, jobs, say = () => {} } = options;
  const grid = gridFor(loaded, options);
  const records = kept(grid, options);
  const wanted = Array.from({ length: replications }, (_, at) => at + 1).flatMap((replication) =>
    plannable(grid).map((point) => ({ point, replication })),
  );
  const tasks = wanted.filter(({ point, replication }) => !records[point.index]![replication - 1]);
  const [total, resumed] = [wanted.length, wanted.length - tasks.length];
  let done = resumed;
  mkdirSync(dirname(table), { recursive: true });
  const tell = () => options.onProgress?.({ folder: table, total, done, resumed, failed: 0, workers: null });
  tell();
  if (tasks[0]) await subject.tryOut?.(grid.planFor(tasks[0].point, 1), say);
  const scratch = await mkdtemp(join(temporaryFolder(), 'rsplab-grow-'));
  const runner = labRunner(subject, { jobs, out: join(scratch, 'runs'), clock, signal });
  try {
    await performAll(tasks, runner, signal, async ({ point, replication }) => {
      const plan = grid.planFor(point, replication);
      const result = await attempt(() => runner.perform(plan));
      if (signal.aborted) return;
      if ('reason' in result) say(result.reason);
      const { folder, ...values } = 'values' in result ? result : nothingOf(plan, subject);
      records[point.index]![replication - 1] = {
        point: point.index,
        replication,
        seed: plan.seed,
        ...values,
        ...{ folder: null, verdict: null },
      };
      writeWhole(table, runTable(grid, inOrder(records)));
      done++;
      tell();
      if (folder !== null) await rm(join(scratch, folder), { recursive: true, force: true });
    });
  } finally {
    await runner.close();
    await rm(scratch, { recursive: true, force: true });
  }
  if (signal.aborted) throw interrupted(`${table} has ${done} of ${total} runs; the same command goes on from there`);
  return { grid, records: inOrder(records) };
}

/** The points and plans of a table. */
export function gridFor(loaded: LoadedExperiment, { seed, subject, restriction, phases }: TableOptions): Grid {
  const seedOf = (point: GridPoint['point'], replication: number) => ownSeed(seed, describePoint(point), replication);
  return layOut(loaded, { seed, subject, restriction, phases, seedOf });
}

const inOrder = (records: readonly (readonly (RunRecord | undefined)[])[]): RunRecord[] =>
  records.flat().filter((record) => record !== undefined);

/**
 * By point and replication, beyond those that are wanted, too: what is there stays. A row is known by its command,
 * which says all that the run depends on.
 */
function kept(grid: Grid, { table, subject, replications }: TableOptions): (RunRecord | undefined)[][] {
  const rows = new Map((existsSync(table) ? readRuns(table) : []).map((row) => [row.command, row]));
  const most = Math.max(replications, rows.size);
  const records: (RunRecord | undefined)[][] = grid.points.map(() => []);
  for (let replication = 1; replication <= most && (replication <= replications || rows.size > 0); replication++) {
    for (const point of plannable(grid)) {
      const plan = grid.planFor(point, replication);
      const command = replayCommand(plan, subject.name);
      const row = rows.get(command);
      rows.delete(command);
      records[point.index]!.push(row && recordOf(row, point.index, replication, plan.seed));
    }
  }
  return records;
}

function recordOf(
  { command, fingerprint, values }: TableRow,
  point: number,
  replication: number,
  seed: number,
): RunRecord {
  const numbers = Object.entries(values).map(([name, text]) => [name, text === '' ? null : Number(text)] as const);
  return {
    point,
    replication,
    seed,
    verdict: null,
    folder: null,
    command,
    fingerprint,
    values: Object.fromEntries(numbers),
  };
}

const plannable = ({ points }: Grid): GridPoint[] => points.filter(({ refusal }) => refusal === null);

const nothingOf = (plan: Plan, { name }: Subject): RunResult => ({
  ...{ values: {}, verdict: null, folder: null, fingerprint: null },
  command: replayCommand(plan, name),
});

/** Whether nothing is known of a run but that it was tried. */
export const cameToNothing = ({ values }: RunRecord): boolean => Object.keys(values).length === 0;
