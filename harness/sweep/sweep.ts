/**
 * Many runs of one experiment: the points of its grid times replications. Each finished run goes into a ledger, so that
 * a sweep that was killed goes on where it was; tables are made from the ledger alone, so neither the number of workers
 * nor any interruption shows in them.
 */
import { join, resolve } from 'node:path';
import type { Clock } from '../base/clock.js';
import { badInput, interrupted } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { commandLine } from '../base/shell.js';
import type { LoadedExperiment } from '../experiment/load.js';
import type { PhaseLengths } from '../experiment/plan.js';
import { runId } from '../run/folder.js';
import type { Subject } from '../run/subject.js';
import { versions } from '../run/versions.js';
import { codeDigest } from './code.js';
import { type Executor, type ExecutorSetting, localExecutor, type Task } from './executor.js';
import { type FinishedSweep, finish } from './finish.js';
import {
  createSweepFolder,
  describe,
  differenceOf,
  isSweep,
  ledgerName,
  readDescription,
  type SweepDescription,
  type SweepFailure,
} from './folder.js';
import { type Grid, layOut, type Restriction } from './grid.js';
import { Ledger, type RunRecord } from './ledger.js';
import { replicationSeed } from './seed.js';
import { isIn, type Shard, shardName } from './shard.js';

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
  /** The part of the runs that is wanted; its folder has a name of its own, and is gone on with. @defaultValue all */
  readonly shard?: Shard | null;
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

/**
 * @throws HarnessError `bad-input` before anything was started; `interrupted`, with the way to go on, when the signal
 * ended it
 */
export async function sweep(loaded: LoadedExperiment, options: SweepOptions): Promise<FinishedSweep> {
  const { subject, replications, seed } = options;
  const grid = layOut(loaded, options);
  const description = describeSweep(loaded, grid, options);
  const folder = folderFor(description, options);
  describe(folder, description);

  const ledger = new Ledger(join(folder, ledgerName));
  const wanted = tasksOf(grid, options);
  const plannable = wanted.filter(({ point }) => point.refusal === null);
  const tasks = plannable.filter(({ point, replication }) => !ledger.has(point.index, replication));
  const failures = new Map<Task, SweepFailure>();
  const { clock, signal, jobs, say = () => {}, executor = (setting) => localExecutor(jobs, setting) } = options;
  const who = executor({ grid, subject, folder, clock, signal, say });
  const total = wanted.length;
  const refused = total - plannable.length;
  const resumed = plannable.length - tasks.length;
  let done = resumed;
  const tell = () =>
    options.onProgress?.({
      ...{ folder, total, done, resumed, failed: refused + failures.size },
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

  if (signal.aborted && done + failures.size < plannable.length) {
    describe(folder, { ...description, state: 'interrupted' });
    const again = commandLine(['rsplab', 'sweep', loaded.file, '--resume', folder]);
    throw interrupted(`The sweep was ended with ${done} of ${total} runs done; go on with: ${again}`);
  }
  return finish(folder, description, grid, {
    records: recordsOf(ledger, replications),
    failures: [...description.failures, ...failures.values()],
  });
}

/** Of a new sweep: sorts by time. */
export const newSweepId = (clock: Clock): string => runId(clock.now(), newSession());

/** A new folder, or that of a sweep or shard that is gone on with. */
function folderFor(description: SweepDescription, { resume, shard, out, clock }: SweepOptions): string {
  const own = shard ? shardFolder(out, description.experiment, shard) : null;
  const before = resume ?? (own && isSweep(own) ? own : null);
  if (before === null) return createSweepFolder(out, shard ? shardName(shard) : newSweepId(clock), description);
  checkSame(before, description, resume === null ? '--shard' : '--resume');
  return before;
}

/** Where a shard's command leaves its results. */
export const shardFolder = (out: string, experiment: string, shard: Shard): string =>
  resolve(out, experiment, shardName(shard));

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
    shard: options.shard ?? null,
    state: 'running',
    failures: grid.points.flatMap(({ point, refusal }) =>
      refusal === null ? [] : [{ point, replication: null, seed: null, reason: refusal }],
    ),
  };
}

/** The fingerprint of a machine in virtual time, whose runs would be others with another one. */
function machineOf(grid: Grid, { subject }: SweepOptions): { machine?: string } {
  const first = grid.points.find(({ refusal }) => refusal === null);
  const machine = first && subject.fingerprint?.(grid.planFor(first, 1));
  return machine === undefined ? {} : { machine };
}

/** Runs of different plans, or of different versions, do not belong into one table. */
function checkSame(folder: string, now: SweepDescription, option: string): void {
  const before = readDescription(folder, option);
  const [had, has] = [before, now].map(({ shard, replications }) =>
    // Of how many replications there are depends which ones are in it.
    shard ? `${shardName(shard)} with ${replications} replications` : 'the whole sweep',
  ) as [string, string];
  const difference = had === has ? differenceOf(before, now) : { what: 'shard', had, has };
  if (difference === null) return;
  const { what } = difference;
  throw badInput(`${option}: expected the same ${what} as in ${folder} (${difference.had}), got ${difference.has}`);
}

/** All runs that are wanted, those of points that cannot be planned among them. */
function tasksOf(grid: Grid, { replications, shard }: SweepOptions): Task[] {
  const numbers = Array.from({ length: replications }, (_, index) => index + 1);
  const tasks = grid.points.flatMap((point) => numbers.map((replication) => ({ point, replication })));
  return shard ? tasks.filter((task) => isIn(shard, task, replications)) : tasks;
}

const recordsOf = (ledger: Ledger, replications: number): RunRecord[] =>
  ledger.records().filter(({ replication }) => replication <= replications);
