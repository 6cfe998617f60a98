/** Performs runs of a gate and keeps what they say in its ledger. */
import { join, relative } from 'node:path';
import type { Clock } from '../base/clock.js';
import { codeOf, interrupted, messageOf } from '../base/errors.js';
import type { Build } from '../pool/build/stage.js';
import { run } from '../run/run.js';
import type { Subject } from '../run/subject.js';
import { fingerprintOf } from './fingerprint.js';
import type { GateLedger, GateRecord } from './ledger.js';
import { checksOf, valuesOf } from './sample.js';
import { isDeterministic, type Task } from './state.js';

export interface RunnerOptions {
  readonly folder: string;
  /** Runs at a time; one where time is real. */
  readonly jobs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Before each run: how many are done, and how many are known to be needed. */
  readonly onRun?: (task: Task, done: number, known: number) => void;
}

/** Whose programs each side runs; null: the machine's own. */
export interface Contestants {
  readonly subject: Subject;
  readonly seed: number;
  readonly against: Build | null;
  readonly with: Build | null;
}

/** @throws HarnessError `interrupted` when the signal came; what was finished is in the ledger */
export async function performAll(
  tasks: readonly Task[],
  job: Contestants,
  options: RunnerOptions,
  ledger: GateLedger,
): Promise<void> {
  const queue = tasks.values();
  const known = ledger.records.length + tasks.length;
  const lane = async () => {
    for (const task of queue) {
      if (options.signal.aborted) return;
      options.onRun?.(task, ledger.records.length, known);
      const record = await perform(task, job, options);
      // A run that was cut short says nothing.
      if (!options.signal.aborted) ledger.append(record);
    }
  };
  const width = isDeterministic(job.subject.clock) ? Math.max(1, options.jobs) : 1;
  await Promise.all(Array.from({ length: width }, lane));
  if (!options.signal.aborted) return;
  const again = `rsplab gate --resume ${options.folder}`;
  throw interrupted(`The gate was ended after ${ledger.records.length} runs; go on with: ${again}`);
}

async function perform(
  { contest, side, replication }: Task,
  job: Contestants,
  options: RunnerOptions,
): Promise<GateRecord> {
  const { folder, clock, signal } = options;
  const { seed, subject } = job;
  const place = { point: contest.index, side, replication };
  const plan = contest.point.planFor(seed, replication);
  const begin = clock.now();
  try {
    const build = side === 'old' ? job.against : job.with;
    const finished = await run(plan, subject, { out: join(folder, 'runs'), clock, signal, build });
    const { summary } = finished;
    if (summary.reasons.length > 0) return { ...place, sample: null, broken: summary.reasons.join('; ') };
    const sample = {
      ...{ seed: plan.seed, fingerprint: fingerprintOf(summary) },
      ...{ values: valuesOf(plan, finished), checks: checksOf(summary) },
      ...{ folder: relative(folder, finished.folder), replay: summary.replay },
      seconds: clock.now() - begin,
    };
    return { ...place, sample, broken: null };
  } catch (error) {
    if (codeOf(error) === undefined || codeOf(error) === 'bad-input') throw error;
    return { ...place, sample: null, broken: messageOf(error) };
  }
}
