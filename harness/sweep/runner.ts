/**
 * Who performs a sweep's runs: worker threads for the simulator, machines of their own for the lab in virtual time, one
 * run after the other for a lab in real time.
 */
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Clock } from '../base/clock.js';
import { labBroken } from '../base/errors.js';
import type { Plan } from '../experiment/plan.js';
import { replayCommand } from '../run/replay.js';
import { type FinishedRun, run } from '../run/run.js';
import type { Subject } from '../run/subject.js';
import { type Values, valuesOfRun } from './columns.js';
import type { RunRecord } from './ledger.js';
import { valuesOfPaths } from './paths.js';
import type { Simulated } from './simulated.js';

export type RunResult = Pick<RunRecord, 'values' | 'verdict' | 'folder' | 'command' | 'fingerprint'>;

export interface Runner {
  /** Runs that may be under way at a time. */
  readonly width: number;
  /** Rejects when the run came to nothing; others are not affected. */
  perform(plan: Plan): Promise<RunResult>;
  close(): Promise<void>;
}

/** Seconds that runs under way have to end once the sweep is to end. */
const graceSeconds = 1;

/**
 * @param jobs worker threads; how many there are changes no result
 * @param signal asks to end: runs that take longer than a moment then are given up
 */
export function simRunner(jobs: number, signal: AbortSignal): Runner {
  const worker = new URL('./worker.js', import.meta.url);
  // Straight from the sources, e.g. in tests, the worker is TypeScript.
  const source = import.meta.url.endsWith('.ts');
  const pool = new Piscina({
    filename: source ? fileURLToPath(worker).replace(/\.js$/, '.ts') : fileURLToPath(worker),
    minThreads: jobs,
    maxThreads: jobs,
    ...(source ? { execArgv: ['--import', 'tsx'] } : {}),
  });
  const givenUp = new AbortController();
  let late: NodeJS.Timeout | undefined;
  const onAbort = () => {
    late = setTimeout(() => givenUp.abort(), graceSeconds * 1e3);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    // One more each, so that no worker waits for the next plan.
    width: 2 * jobs,
    perform: async (plan) => ({
      ...((await pool.run(plan, { signal: givenUp.signal })) as Simulated),
      folder: null,
      command: replayCommand(plan, 'sim'),
    }),
    close: async () => {
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
      await pool.destroy();
    },
  };
}

export interface LabRunnerOptions {
  /** Runs at a time in virtual time, where nothing can come between them. */
  readonly jobs: number;
  /** The folder, within the sweep's, for the runs' own folders. */
  readonly out: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** All that a lab's run says in a table. */
export const valuesOfFinished = (plan: Plan, { folder, summary, failovers }: FinishedRun): Values => ({
  ...valuesOfRun(summary, failovers),
  ...valuesOfPaths(plan, folder),
});

/** A lab in real time wants the machine for itself. */
export function labRunner(subject: Subject, { jobs, out, clock, signal }: LabRunnerOptions): Runner {
  return {
    width: subject.clock === 'real' ? 1 : jobs,
    async perform(plan) {
      const finished = await run(plan, subject, { out, clock, signal });
      const { folder, summary } = finished;
      if (summary.reasons.length > 0) throw labBroken(`${summary.reasons[0]} (${folder})`);
      return {
        ...{
          values: valuesOfFinished(plan, finished),
          verdict: summary.verdict,
          folder: relative(dirname(out), folder),
        },
        ...{ command: summary.replay, fingerprint: summary.machine?.fingerprint ?? null },
      };
    },
    close: async () => {},
  };
}
