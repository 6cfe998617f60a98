/**
 * Many runs of one experiment: the points of its grid times replications. Each finished run goes into a ledger, so that
 * a sweep that was killed goes on where it was; tables are made from the ledger alone, so neither the number of workers
 * nor any interruption shows in them.
 */
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { badInput, interrupted, messageOf } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { commandLine } from '../base/shell.js';
import { writeWhole } from '../base/write-whole.js';
import type { LoadedExperiment } from '../experiment/load.js';
import type { PhaseLengths } from '../experiment/plan.js';
import { runId } from '../run/folder.js';
import type { Subject } from '../run/subject.js';
import { versions } from '../run/versions.js';
import { createSweepFolder, describe, readDescription, type SweepDescription, type SweepFailure } from './folder.js';
import { type Grid, type GridPoint, layOut, type Restriction } from './grid.js';
import { Ledger, type RunRecord } from './ledger.js';
import { labRunner, type Runner, type RunResult, simRunner } from './runner.js';
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
  const failures: SweepFailure[] = refused.map(({ point, refusal }) => ({
    point,
    ...{ replication: null, seed: null, reason: refusal! },
  }));
  const tasks = remaining(grid, replications, ledger);
  await prepare(grid, tasks, options);
  const total = grid.points.length * replications;
  const resumed = (grid.points.length - refused.length) * replications - tasks.length;
  let done = resumed;
  const tell = () =>
    options.onProgress?.({ folder, total, done, resumed, failed: refused.length * replications + failed() });
  const failed = () => failures.length - refused.length;
  tell();

  const runner =
    subject.name === 'sim'
      ? simRunner(Math.min(options.jobs, Math.max(1, tasks.length)), options.signal)
      : labRunner(subject, { ...options, out: join(folder, 'runs') });
  try {
    await performAll(tasks, runner, options.signal, async ({ point, replication }) => {
      const at = { replication, seed: replicationSeed(seed, replication) };
      const result = await attempt(() => runner.perform(grid.planFor(point, replication)));
      if ('values' in result) {
        ledger.append({ point: point.index, ...at, ...result });
        done++;
      } else if (!options.signal.aborted) failures.push({ point: point.point, ...at, reason: result.reason });
      tell();
    });
  } finally {
    await runner.close();
    ledger.close();
  }

  if (options.signal.aborted && done + failed() < total - refused.length * replications) {
    describe(folder, { ...description, state: 'interrupted' });
    const again = commandLine(['rsplab', 'sweep', loaded.file, '--resume', folder]);
    throw interrupted(`The sweep was ended with ${done} of ${total} runs done; go on with: ${again}`);
  }
  return finish(folder, description, grid, { records: recordsOf(ledger, replications), failures });
}

/** What runs have to find ready is made before several of them would make it at a time. */
async function prepare(grid: Grid, tasks: readonly Task[], { subject, say = () => {} }: SweepOptions): Promise<void> {
  if (subject.clock !== 'virtual') return;
  const firsts = new Map(tasks.map(({ point, replication }) => [point, replication]));
  for (const [point, replication] of firsts) await subject.tryOut?.(grid.planFor(point, replication), say);
}

/** One run's failure is one sentence in the end; it stops no other run. */
export async function attempt(perform: () => Promise<RunResult>): Promise<RunResult | { readonly reason: string }> {
  try {
    return await perform();
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

interface Task {
  readonly point: GridPoint;
  readonly replication: number;
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
    versions: { ...versions(), ...machineOf(grid, options) },
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
  const before = readDescription(folder);
  const refuse = (what: string, had: unknown, has: unknown): never => {
    throw badInput(`--resume: expected the same ${what} as in ${folder} (${had}), got ${has}`);
  };
  if (before.experiment !== now.experiment) refuse('experiment', before.experiment, now.experiment);
  if (before.on !== now.on) refuse('subject', before.on, now.on);
  if (before.seed !== now.seed) refuse('seed', before.seed, now.seed);
  if (before.plansSha256 !== now.plansSha256) refuse('plans', before.plansSha256.slice(0, 8), 'others');
  if (before.replications > now.replications) refuse('replications or more', before.replications, now.replications);
  for (const name of ['rsplab', 'rsplib', 'node', 'machine']) {
    const [had, has] = [before.versions[name] ?? 'none', now.versions[name] ?? 'none'];
    if (had !== has) refuse(`version of ${name}`, had, has);
  }
}

function remaining(grid: Grid, replications: number, ledger: Ledger): Task[] {
  const numbers = Array.from({ length: replications }, (_, index) => index + 1);
  return grid.points
    .filter(({ refusal }) => refusal === null)
    .flatMap((point) => numbers.map((replication) => ({ point, replication })))
    .filter(({ point, replication }) => !ledger.has(point.index, replication));
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

const recordsOf = (ledger: Ledger, replications: number): RunRecord[] =>
  ledger.records().filter(({ replication }) => replication <= replications);

function finish(
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
