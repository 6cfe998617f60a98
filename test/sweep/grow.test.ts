/** A table of runs that grows: what is there stays, what lacks is run, whatever came between. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { simSubject } from '../../harness/run/sim-subject.js';
import type { Subject } from '../../harness/run/subject.js';
import { type GrowOptions, growTable, readTable } from '../../harness/sweep/grow.js';
import { temporaryFolder } from '../temporary.js';
import { loaded, rowsOf } from './sweeps.js';

const optionsFor = (table: string, more: Partial<GrowOptions> = {}): GrowOptions => ({
  ...{ subject: simSubject, seed: 1, replications: 2, restriction: { delay: [0.01] }, phases: {}, jobs: 1, table },
  ...{ clock: realClock, signal: new AbortController().signal },
  ...more,
});

/** The simulator, which tells the seeds that it runs, and fails where it is told to. */
function watched(fails: (seed: number) => boolean = () => false): { subject: Subject; seeds: number[] } {
  const seeds: number[] = [];
  const perform: Subject['perform'] = (plan, context) => {
    seeds.push(plan.seed);
    if (fails(plan.seed)) throw new Error('out of luck');
    return simSubject.perform(plan, context);
  };
  return { subject: { ...simSubject, perform }, seeds };
}

const newTable = () => join(temporaryFolder(), 'runs.csv');

describe('a table that grows', () => {
  it('has a row for each run, with the command that makes it, and no seed twice', async () => {
    const table = newTable();
    const { records } = await growTable(loaded, optionsFor(table));
    expect(records.map(({ point, replication }) => [point, replication])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ]);
    const rows = rowsOf(readFileSync(table, 'utf8'));
    expect(new Set(rows.map(({ seed }) => seed)).size).toBe(4);
    for (const { seed, command } of rows)
      expect(command).toContain(`rsplab run test/sweep/small.ts --on sim --seed ${seed}`);
    expect(rows.every(({ utilisation_percent }) => Number(utilisation_percent) > 0)).toBe(true);
  });

  it('runs each point once before any of them twice', async () => {
    const { subject, seeds } = watched();
    const { records } = await growTable(loaded, optionsFor(newTable(), { subject }));
    const order = seeds.map((seed) => records.find((record) => record.seed === seed)!.replication);
    expect(order).toEqual([1, 1, 2, 2]);
  });

  it('runs only what lacks, and leaves other rows as they are', async () => {
    const table = newTable();
    const first = await growTable(loaded, optionsFor(table, { replications: 1 }));
    const was = String(first.records[0]!.values.utilisation_percent);
    writeFileSync(table, readFileSync(table, 'utf8').replace(was, '12.5'));
    const { subject, seeds } = watched();
    const { records } = await growTable(loaded, optionsFor(table, { subject, replications: 3 }));
    expect(seeds).toHaveLength(4);
    expect(records).toHaveLength(6);
    expect(records[0]!.values.utilisation_percent).toBe(12.5);
  });

  it('keeps a row for a run that came to nothing, and does not try it again', async () => {
    const table = newTable();
    const { records } = await growTable(loaded, optionsFor(table, { replications: 1 }));
    const unlucky = records[1]!.seed;
    const other = newTable();
    const said: string[] = [];
    const { subject } = watched((seed) => seed === unlucky);
    await growTable(loaded, optionsFor(other, { subject, replications: 1, say: (line) => said.push(line) }));
    expect(said).toEqual([expect.stringContaining('out of luck')]);
    const { subject: lucky, seeds } = watched();
    const later = await growTable(loaded, optionsFor(other, { subject: lucky, replications: 1 }));
    expect(seeds).toEqual([]);
    expect(later.records.map(({ values }) => values.utilisation_percent ?? null)).toEqual([
      records[0]!.values.utilisation_percent,
      null,
    ]);
  });

  it('has what was done when somebody asks it to end, and goes on from there', async () => {
    const table = newTable();
    const end = new AbortController();
    const { subject } = watched();
    const options = optionsFor(table, {
      ...{ subject, signal: end.signal },
      onProgress: ({ done }) => done === 1 && end.abort(),
    });
    await expect(growTable(loaded, options)).rejects.toThrow(/has 1 of 4 runs; the same command goes on from there/);
    expect(rowsOf(readFileSync(table, 'utf8'))).toHaveLength(1);
    const { subject: rest, seeds } = watched();
    await growTable(loaded, optionsFor(table, { subject: rest }));
    expect(seeds).toHaveLength(3);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('rsplab-grow-'))).toEqual([]);
  });

  it('keeps later replications when an earlier one that lacks is run, and fewer are wanted', async () => {
    const table = newTable();
    await growTable(loaded, optionsFor(table));
    const [heads, , ...others] = readFileSync(table, 'utf8').split('\n');
    writeFileSync(table, [heads, ...others].join('\n'));
    const { subject, seeds } = watched();
    const { records } = await growTable(loaded, optionsFor(table, { subject, replications: 1 }));
    expect(seeds).toHaveLength(1);
    expect(records).toHaveLength(4);
    expect(rowsOf(readFileSync(table, 'utf8'))).toHaveLength(4);
  });

  it('is read without running anything', () => {
    const table = newTable();
    expect(readTable(loaded, optionsFor(table)).records).toEqual([]);
    expect(existsSync(table)).toBe(false);
  });
});
