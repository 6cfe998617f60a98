import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Subject } from '../../harness/run/subject.js';
import type { FinishedSweep } from '../../harness/sweep/finish.js';
import { replicationSeed } from '../../harness/sweep/seed.js';
import { temporaryFolder } from '../temporary.js';
import { loaded, rowsOf, runsOf, sweepSmall, tableOf } from './sweeps.js';

const ledgerOf = (folder: string) => join(folder, 'ledger.ndjson');
const copyOf = (folder: string) => {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(folder, copy, { recursive: true });
  return copy;
};
const descriptionOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'sweep.json'), 'utf8'));

/** With one worker; what the others are held against. */
let baseline: FinishedSweep;
beforeAll(async () => {
  baseline = await sweepSmall();
});

// Workers start from the sources here, which takes a second of a free core.
describe('a sweep', { timeout: 180_000 }, () => {
  test('gives the same tables whatever the number of workers', async () => {
    for (const jobs of [2, 3]) {
      const { folder } = await sweepSmall({ jobs });
      expect(tableOf(folder)).toBe(tableOf(baseline.folder));
      expect(runsOf(folder)).toBe(runsOf(baseline.folder));
    }
  });

  test('has a row per point and one per run, in the order of the grid', () => {
    const { folder } = baseline;
    const points = rowsOf(tableOf(folder));
    expect(points.map(({ policy, delay }) => `${policy} ${delay}`)).toEqual([
      ...['LeastUsed 0.01', 'LeastUsed 0.02', 'Random 0.01', 'Random 0.02'],
    ]);
    const runs = rowsOf(runsOf(folder));
    expect(runs.map(({ replication }) => replication)).toEqual([
      '1',
      '2',
      '3',
      '1',
      '2',
      '3',
      '1',
      '2',
      '3',
      '1',
      '2',
      '3',
    ]);
    expect(runs.map(({ seed }) => Number(seed)).slice(0, 3)).toEqual([1, 2, 3].map((r) => replicationSeed(1, r)));
  });

  test('asks for the same requests at every point: common random numbers', () => {
    const runs = rowsOf(runsOf(baseline.folder));
    for (const replication of ['1', '2', '3']) {
      const queued = runs.filter((run) => run.replication === replication).map((run) => run.requests_queued);
      expect(new Set(queued).size).toBe(1);
    }
  });

  test('goes on from its ledger: repeats nothing, loses nothing, and ends with the same tables', async () => {
    const folder = copyOf(baseline.folder);
    const lines = readFileSync(ledgerOf(folder), 'utf8').split('\n');
    writeFileSync(ledgerOf(folder), `${lines.slice(0, 5).join('\n')}\n${lines[5]!.slice(0, 30)}`);
    rmSync(join(folder, 'table.csv'));
    const told: number[] = [];
    await sweepSmall({ resume: folder, onProgress: ({ done }) => told.push(done) });
    expect(told).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    expect(tableOf(folder)).toBe(tableOf(baseline.folder));
    expect(runsOf(folder)).toBe(runsOf(baseline.folder));
    expect(readFileSync(ledgerOf(folder), 'utf8').split('\n').slice(0, 5)).toEqual(lines.slice(0, 5));
  });

  test('may be given more replications later, and refuses other plans', async () => {
    const folder = copyOf(baseline.folder);
    const { records } = await sweepSmall({ resume: folder, replications: 4 });
    expect(records).toHaveLength(16);
    expect(records.filter(({ replication }) => replication <= 3)).toEqual(baseline.records);
    const other = (options: object) => sweepSmall({ resume: folder, replications: 4, ...options });
    await expect(other({ phases: { measure: 61 } })).rejects.toThrow(/expected the same plans/);
    await expect(other({ seed: 2 })).rejects.toThrow(/expected the same seed as in .* \(1\), got 2/);
    await expect(other({ replications: 1 })).rejects.toThrow(/replications or more/);
  });

  test('goes on past a point that the model refuses, and names it', async () => {
    const { folder, records, description } = await sweepSmall({ restriction: { delay: [0.01, 2] } });
    expect(records).toHaveLength(6);
    expect(description.state).toBe('failed');
    expect(description.failures.map(({ point }) => point)).toEqual([
      { policy: 'LeastUsed', delay: 2 },
      { policy: 'Random', delay: 2 },
    ]);
    expect(description.failures[0]?.reason).toMatch(/needs timeouts above the round trip/);
    expect(rowsOf(tableOf(folder)).map(({ utilisation_percent_n }) => utilisation_percent_n)).toEqual([
      '3',
      '0',
      '3',
      '0',
    ]);
    expect(descriptionOf(folder)).toEqual(description);
  });

  test('goes on past a run that crashes, and names it with its seed', async () => {
    const subject: Subject = {
      ...{ name: 'fake', clock: 'real', check: () => {} },
      async perform(plan) {
        if (plan.point.policy === 'Random' && plan.seed === replicationSeed(1, 2)) throw new Error('out of luck');
        const kernel = null;
        return {
          ...{ requests: [], failovers: [], faults: [], utilisationPercent: 50, wire: null, kernel },
          ...{ keepAlives: null, window: { from: 0, to: 1 }, reasons: [], notes: [] },
        };
      },
    };
    const { description, records } = await sweepSmall({ subject, restriction: { delay: [0.01] } });
    expect(records).toHaveLength(5);
    expect(records.every(({ folder }) => folder !== null)).toBe(true);
    expect(description.failures).toEqual([
      {
        ...{ point: { policy: 'Random', delay: 0.01 }, replication: 2, seed: replicationSeed(1, 2) },
        reason: 'out of luck',
      },
    ]);
  });

  test('refuses what none of its points can do, and values that make no plan, before anything starts', async () => {
    const out = temporaryFolder();
    await expect(sweepSmall({ out, restriction: { delay: [2] } })).rejects.toThrow(/needs timeouts above/);
    await expect(sweepSmall({ out, restriction: { policy: ['Random', 'Guess'] } })).rejects.toThrow(/Guess/);
    expect(() => readFileSync(join(out, 'small'))).toThrow(/ENOENT/);
  });

  test('ends in good order when asked to, says how to go on, and does', async () => {
    const out = temporaryFolder();
    const controller = new AbortController();
    let folder = '';
    const onProgress = (state: { done: number; folder: string }) => {
      folder = state.folder;
      if (state.done === 4) controller.abort(new Error('Ctrl-C'));
    };
    const ended = sweepSmall({ out, signal: controller.signal, onProgress });
    await expect(ended).rejects.toThrow(/of 12 runs done; go on with: rsplab sweep test\/sweep\/small.ts --resume /);
    expect(descriptionOf(folder).state).toBe('interrupted');
    await sweepSmall({ out, resume: folder });
    expect(tableOf(folder)).toBe(tableOf(baseline.folder));
  });

  test('of the deployment’s model says how long failovers take, too', async () => {
    const { folder } = await sweepSmall({}, { ...loaded, experiment: { ...loaded.experiment, model: 'deployment' } });
    const [row] = rowsOf(tableOf(folder));
    expect(Number(row?.failover_delay_s_mean)).toBeGreaterThan(0);
    expect(Number(row?.failovers_n)).toBe(3);
  });
});
