/**
 * Simulated runs in a thread of their own: they may take long, and this process has to show how far they are and to
 * listen to who wants to end them.
 */
import { statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { badInput, messageOf } from '../base/errors.js';
import { existingFolder } from '../base/folders.js';
import { inThread } from '../base/thread.js';
import { formatDuration } from '../base/units.js';
import type { Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import { type SimulationSize, sizeOf } from '../sim/size.js';
import type { Outcome } from './outcome.js';
import { type About, begin, type FinishedRun, finish, type RunOptions } from './run.js';
import { simSubject } from './sim-subject.js';

export interface ApartOptions extends RunOptions {
  /** Begin however large it will be. @defaultValue false */
  readonly anySize?: boolean;
  /** Told how much of the run is simulated, between 0 and 1. */
  readonly onProgress?: (share: number) => void;
}

/** What the thread is asked to do. */
export interface ApartInput {
  readonly plan: Plan;
  readonly folder: string;
  readonly session: string;
  readonly about: About;
}

/** What it gives back. */
export interface ApartOutput {
  readonly finished: FinishedRun;
  readonly events: readonly JournalEvent[];
}

/** Seconds from the first signal until a simulation is ended with what there is, or else with nothing. */
const graceSeconds = 1;

/**
 * Simulates a plan, as `run` does, in a thread.
 * @throws HarnessError `bad-input` before anything was started, also for what would take an absurd time or room
 */
export async function runApart(plan: Plan, options: ApartOptions): Promise<FinishedRun> {
  const { signal, onProgress, anySize = false, onEvent } = options;
  simSubject.check(plan);
  if (!anySize) checkSize(plan, options.out, { rows: true, files: true });
  const { folder, session, about } = await begin(plan, simSubject, options);
  const input: ApartInput = { plan, folder, session, about };
  try {
    const { finished, events } = await inThread<ApartOutput>(new URL('./apart-thread.js', import.meta.url), input, {
      ...{ signal, graceSeconds, onProgress, memoryMiB: memoryMiB() },
    });
    for (const event of onEvent ? events : []) onEvent?.(event);
    return finished;
  } catch (error) {
    // It had no time or no room to say anything: what is left is a run of which nothing is known.
    return finish(plan, folder, nothing(`${messageOf(error)}; nothing of the simulation is kept`), about);
  }
}

const nothing = (reason: string): Outcome => ({
  ...{ requests: [], failovers: [], keepAlives: null, faults: [], utilisationPercent: null, wire: null },
  ...{ window: null, reasons: [reason], notes: [], kernel: null },
});

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** For the thread's objects. */
const memoryMiB = (): number => Math.floor(Math.min(4096, freemem() / MiB / 2));

const most = { seconds: 3600, fileBytes: 10 * GiB };
/** Events of which a slow machine simulates so many in a second. */
const eventsPerSecond = { deployment: 3e5, rspsim: 2e6 };

/**
 * @param keeps whether a row of every request is kept in memory, and a run's files are written
 * @throws HarnessError `bad-input` naming what is too much, and how to go on
 */
export function checkSize(plan: Plan, out: string, keeps: { rows: boolean; files: boolean }): void {
  const all = sizeOf(plan);
  const size = {
    ...all,
    memoryBytes: keeps.rows ? all.memoryBytes : 0,
    fileBytes: keeps.files ? all.fileBytes : 0,
  };
  const seconds = size.events / eventsPerSecond[plan.model];
  const memory = (memoryMiB() * MiB) / 2;
  const { bavail, bsize } = statfsSync(existingFolder(out));
  const files = Math.min(most.fileBytes, 0.8 * bavail * bsize);
  if (seconds <= most.seconds && size.memoryBytes <= memory && size.fileBytes <= files) return;
  throw badInput(
    `${plan.experiment} on sim: expected at most ${hours(most.seconds)} of computing, ${room(memory)} of memory and ` +
      `${room(files)} of files, got about ${describe(size, seconds)}; shorten it (--set measure=…), or run it ` +
      'all the same with --any-size: it ends with what there is when the memory is used up',
  );
}

const describe = ({ events, requests, faults, memoryBytes, fileBytes }: SimulationSize, seconds: number): string =>
  `${hours(seconds)} for ${count(events)} events (${count(requests)} requests, ${count(faults)} faults), ` +
  `${room(memoryBytes)} and ${room(fileBytes)}`;

function hours(seconds: number): string {
  if (seconds < 3600) return formatDuration(seconds);
  return seconds < 1e6 ? `${count(seconds / 3600)} h` : `${count(seconds / 86_400)} days`;
}

const room = (bytes: number): string => (bytes < GiB ? `${count(bytes / MiB)} MiB` : `${count(bytes / GiB)} GiB`);

/** Two digits, and thousands as people write them. */
const count = (value: number): string =>
  value < 1e15 ? Number(value.toPrecision(2)).toLocaleString('en-US') : value.toExponential(1);
