/** What a sweep promises, whoever performs its runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Executor, RunOutcome, Task } from '../../harness/sweep/executor.js';
import type { SweepProgress } from '../../harness/sweep/sweep.js';
import { sweepSmall } from './sweeps.js';

const outcome = (value: number): RunOutcome => ({
  ...{ values: { utilisation_percent: value }, verdict: null, folder: null, command: 'rsplab run', fingerprint: null },
});

/** Somebody else, who gives what it is told to. */
const performing = (perform: (tasks: readonly Task[], give: Parameters<Executor['perform']>[1]) => void) => () => ({
  state: () => '2 workers',
  perform: async (...args: Parameters<Executor['perform']>) => perform(...args),
});

test('the first result of a run counts, in the ledger and in what is told', async () => {
  const told: SweepProgress[] = [];
  const executor = performing((tasks, give) => {
    for (const value of [1, 2]) for (const task of tasks) give(task, outcome(value));
  });
  const { folder, records } = await sweepSmall({ executor, onProgress: (state) => told.push(state) });
  expect(records).toHaveLength(12);
  expect(records.every(({ values }) => values.utilisation_percent === 1)).toBe(true);
  expect(readFileSync(join(folder, 'ledger.ndjson'), 'utf8').trim().split('\n')).toHaveLength(12);
  expect(told.at(-1)).toMatchObject({ done: 12, failed: 0, total: 12, workers: '2 workers' });
});

test('a run that somebody gave up and somebody else finished has not failed', async () => {
  const executor = performing((tasks, give) => {
    for (const task of tasks) give(task, { reason: 'out of luck' });
    for (const task of tasks.slice(1)) give(task, outcome(1));
    for (const task of tasks) give(task, { reason: 'out of luck' });
  });
  const { records, description } = await sweepSmall({ executor });
  expect(records).toHaveLength(11);
  expect(description.failures).toMatchObject([
    { point: { policy: 'LeastUsed' }, replication: 1, reason: 'out of luck' },
  ]);
});
