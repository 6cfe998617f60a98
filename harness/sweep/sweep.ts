/**
 * Many runs of one experiment: the points of its grid times replications. Each finished run goes into a ledger, so that
 * a sweep that was killed goes on where it was; tables are made from the ledger alone, so neither the number of workers
 * nor any interruption shows in them.
 */
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { badInput, interrupted } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { commandLine } from '../base/shell.js';
import { writeWhole } from '../base/write-whole.js';
import type { LoadedExperiment } from '../experiment/load.js';
import type { PhaseLengths } from '../experiment/plan.js';
import { runId } from '../run/folder.js';
import type { Subject } from '../run/subject.js';
import { versions } from '../run/versions.js';
import { codeDigest } from './code.js';
import { type Executor, type ExecutorSetting, localExecutor, type Task } from './executor.js';
import {
  createSweepFolder,
  describe,
  differenceOf,
  readDescription,
  type SweepDescription,
  type SweepFailure,
} from './folder.js';
import { type Grid, type GridPoint, layOut, type Restriction } from './grid.js';
import { Ledger, type RunRecord } from './ledger.js';
import { replicationSeed } from './seed.js';
import { pointTable, runTable } from './table.js';

export interface SweepOptions {
  readonly subject: Subject;
  readonly seed: number;
  /** Runs per point. */
  readonly replications: number;
  readonly restriction: Restriction;
  readonly phases: Partial<PhaseLengths>;
  /** Worker threads of the simulator, or machines in virtual time. */
  readonly jobs: number;
  /** Who performs the runs. @defaultValue this machine */
  readonly executor?: (setting: ExecutorSetting) => Executor;
  /** Folder for results. */
  readonly out: string;
  /** Folder of a sweep to go on with; null for a new one. */
  readonly resume: string | null;
  readonly clock: Clock;
  /** Asks to end in good order: nothing new begins, and what runs is finished where that does not take long. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Told what takes its time before the first run begins. */
  readonly say?: (line: string) => void;
}

export interface SweepProgress {
  readonly folder: string;
  readonly total: number;
  /** Including those that an earlier process finished. */
  readonly done: number;
  readonly resumed: number;
  readonly failed: number;
  /** Who is at work, in a few words; null when nothing is to be said. */
  readonly workers: string | null;
}

export interface FinishedSweep {
  readonly folder: string;
  readonly description: SweepDescription;
  readonly grid: Grid;
  readonly records: readonly RunRecord[];
}

/**
 * @throws HarnessError `bad-input` before anything was started; `interrupted`, with the way to go on, when the signal
 * ended it
 */
export async function sweep(loaded: LoadedExperiment, options: SweepOptions): Promise<FinishedSweep> {
  const { subject, replications, seed } = options;
  const grid = layOut(loaded, options);
  const description = describeSweep(loaded, grid, options);
  const folder = options.resume ?? createSweepFolder(options.out, idOf(options.clock), description);
  if (options.resume) checkSame(folder, description);
  describe(folder, description);

  const ledger = new Ledger(join(folder, 'ledger.ndjson'));
  const refused = grid.points.filter(({ refusal }) => refusal !== null);
  const failures = new Map<Task | GridPoint, SweepFailure>(
    refused.map((at) => [at, { point: at.point, replication: null, seed: null, reason: at.refusal! }]),
  );
  const tasks = remaining(grid, replications, ledger);
  const { clock, signal, jobs, say = () => {}, executor = (setting) => localExecutor(jobs, setting) } = options;
  const who = executor({ grid, subject, folder, clock, signal, say });
  const total = grid.points.length * replications;
  const resumed = (grid.points.length - refused.length) * replications - tasks.length;
  let done = resumed;
  const failed = () => failures.size - refused.length;
  const tell = () =>
    options.onProgress?.({
      ...{ folder, total, done, resumed, failed: refused.length * replications + failed() },
      workers: who.state?.() ?? null,
    });
  tell();
  try {
    await who.perform(tasks, (task, outcome) => {
      const { point, replication } = task;
      const at = { replication, seed: replicationSeed(seed, replication) };
      if ('values' in outcome) {
        if (ledger.append({ point: point.index, ...at, ...outcome })) done++;
        failures.delete(task);
      } else if (!signal.aborted && !ledger.has(point.index, replication))
        failures.set(task, { point: point.point, ...at, reason: outcome.reason });
      tell();
    });
  } finally {
    ledger.close();
  }

  if (signal.aborted && done + failed() < total - refused.length * replications) {
    describe(folder, { ...description, state: 'interrupted' });
    const again = commandLine(['rsplab', 'sweep', loaded.file, '--resume', folder]);
    throw interrupted(`The sweep was ended with ${done} of ${total} runs done; go on with: ${again}`);
  }
  return finish(folder, description, grid, {
    records: recordsOf(ledger, replications),
    failures: [...failures.values()],
  });
}

const idOf = (clock: Clock): string => runId(clock.now(), newSession());

function describeSweep(loaded: LoadedExperiment, grid: Grid, options: SweepOptions): SweepDescription {
  const { experiment, file, question, expectation } = loaded;
  const vary = { ...experiment.vary, ...options.restriction };
  const copy = (from: Restriction) =>
    Object.fromEntries(Object.entries(from).map(([name, values]) => [name, [...values]]));
  return {
    schemaVersion: 1,
    ...{ experiment: experiment.name, question, expectation, file },
    on: options.subject.name,
    seed: options.seed,
    replications: options.replications,
    vary: copy(vary),
    restriction: copy(options.restriction),
    phases: { ...options.phases },
    points: grid.points.length,
    plansSha256: grid.digest,
    versions: { ...versions(), code: codeDigest(), ...machineOf(grid, options) },
    state: 'running',
    failures: [],
  };
}

/** The fingerprint of a machine in virtual time, whose runs would be others with another one. */
function machineOf(grid: Grid, { subject }: SweepOptions): { machine?: string } {
  const first = grid.points.find(({ refusal }) => refusal === null);
  const machine = first && subject.fingerprint?.(grid.planFor(first, 1));
  return machine === undefined ? {} : { machine };
}

/** Runs of different plans, or of different versions, do not belong into one table. */
function checkSame(folder: string, now: SweepDescription): void {
  const difference = differenceOf(readDescription(folder), now);
  if (!difference) return;
  const { what, had, has } = difference;
  throw badInput(`--resume: expected the same ${what} as in ${folder} (${had}), got ${has}`);
}

function remaining(grid: Grid, replications: number, ledger: Ledger): Task[] {
  const numbers = Array.from({ length: replications }, (_, index) => index + 1);
  return grid.points
    .filter(({ refusal }) => refusal === null)
    .flatMap((point) => numbers.map((replication) => ({ point, replication })))
    .filter(({ point, replication }) => !ledger.has(point.index, replication));
}

const recordsOf = (ledger: Ledger, replications: number): RunRecord[] =>
  ledger.records().filter(({ replication }) => replication <= replications);

export function finish(
  folder: string,
  description: SweepDescription,
  grid: Grid,
  { records, failures }: { records: RunRecord[]; failures: SweepFailure[] },
): FinishedSweep {
  writeWhole(join(folder, 'runs.csv'), runTable(grid, records));
  writeWhole(join(folder, 'table.csv'), pointTable(grid, records));
  const state = failures.length > 0 ? 'failed' : 'complete';
  const final = { ...description, state, failures: inOrder(grid, failures) } as const;
  describe(folder, final);
  return { folder, description: final, grid, records };
}

/** As the grid has them, whichever failed first. */
function inOrder(grid: Grid, failures: readonly SweepFailure[]): SweepFailure[] {
  const indexOf = new Map(grid.points.map(({ index, point }) => [point as SweepFailure['point'], index]));
  const placeOf = ({ point }: SweepFailure) => indexOf.get(point) ?? 0;
  return [...failures].sort((a, b) => placeOf(a) - placeOf(b) || (a.replication ?? 0) - (b.replication ?? 0));
}
