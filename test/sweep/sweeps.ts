/** Helpers of the sweep's tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { realClock } from '../../harness/base/clock.js';
import type { LoadedExperiment } from '../../harness/experiment/load.js';
import { simSubject } from '../../harness/run/sim-subject.js';
import type { FinishedSweep } from '../../harness/sweep/finish.js';
import { type SweepOptions, sweep } from '../../harness/sweep/sweep.js';
import { temporaryFolder } from '../temporary.js';
import small from './small.js';

export const loaded = {
  file: 'test/sweep/small.ts',
  experiment: small,
  question: null,
  expectation: null,
} as unknown as LoadedExperiment;

export const sweepSmall = (options: Partial<SweepOptions> = {}, what = loaded): Promise<FinishedSweep> =>
  sweep(what, {
    subject: simSubject,
    seed: 1,
    replications: 3,
    restriction: {},
    phases: {},
    jobs: 1,
    out: temporaryFolder(),
    resume: null,
    clock: realClock,
    signal: new AbortController().signal,
    ...options,
  });

export const tableOf = (folder: string): string => readFileSync(join(folder, 'table.csv'), 'utf8');
export const runsOf = (folder: string): string => readFileSync(join(folder, 'runs.csv'), 'utf8');
export const rowsOf = (text: string): Record<string, string>[] => parse(text, { columns: true });
