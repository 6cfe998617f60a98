/** Threads that screen seeds, a batch at a time. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { PlanOptions } from '../../experiment/plan.js';
import type { Batch } from './screened.js';

/** Whose seeds they are: an experiment's file at one point. */
export interface Source {
  readonly file: string;
  readonly point: NonNullable<PlanOptions['point']>;
  readonly phases: NonNullable<PlanOptions['phases']>;
}

export interface BatchTask {
  readonly source: Source;
  readonly from: number;
  readonly seeds: number;
  readonly hasQuirks: boolean;
}

export interface Screener {
  screen(task: BatchTask): Promise<Batch>;
  close(): Promise<void>;
}

export function screener(jobs: number): Screener {
  const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
  // Straight from the sources, e.g. in tests, the worker is TypeScript.
  const source = import.meta.url.endsWith('.ts');
  const pool = new Piscina({
    filename: source ? worker.replace(/\.js$/, '.ts') : worker,
    minThreads: jobs,
    maxThreads: jobs,
    ...(source ? { execArgv: ['--import', 'tsx'] } : {}),
  });
  return {
    screen: (task) => pool.run(task) as Promise<Batch>,
    close: () => pool.destroy(),
  };
}
