import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRunFolders, loadRun, locate } from '../../harness/compare/load.js';
import { outcomeOf } from '../../harness/run/sim-subject.js';
import { simulate } from '../../harness/sim/simulate.js';
import { temporaryFolder } from '../temporary.js';
import { powerOffPlan, simulated } from './runs.js';

describe('reading a run back', () => {
  it('gives what was stored, to the last digit', async () => {
    const plan = powerOffPlan();
    const out = temporaryFolder();
    const folder = await simulated(plan, out);
    const { outcome, faults, name } = loadRun(folder);
    const result = simulate(plan, { record: true });
    const expected = outcomeOf(result);
    expect(outcome.requests).toEqual(expected.requests);
    // What a prediction does not tell is stored as a field without a value.
    expect(outcome.failovers).toEqual(expected.failovers.map((row) => ({ resumedBy: null, ...row })));
    expect(outcome.utilisationPercent).toBe(expected.utilisationPercent);
    expect(outcome.window!.from).toBeCloseTo(expected.window!.from, 5);
    expect(outcome.window!.to).toBeCloseTo(expected.window!.to, 5);
    expect(faults.measureAt).toBeCloseTo(result.moments.measureAt, 5);
    expect(faults.faults.map(({ host }) => host)).toEqual(result.faults.map(({ host }) => host));
    expect(name).toBe(`silence/${basename(folder)}`);
  });

  it('keeps a name that looks like a number a name', async () => {
    const folder = await simulated(powerOffPlan(), temporaryFolder());
    const rows = readFileSync(join(folder, 'requests.csv'), 'utf8').replaceAll('pu1', '7');
    writeFileSync(join(folder, 'requests.csv'), rows);
    expect(loadRun(folder).outcome.requests.some(({ user }) => user === '7')).toBe(true);
  });

  it('does not mind a journal whose last line was not finished', async () => {
    const folder = await simulated(powerOffPlan(), temporaryFolder());
    appendFileSync(join(folder, 'events.ndjson'), '{"time": 1, "ev');
    expect(loadRun(folder).faults.faults.length).toBeGreaterThan(0);
  });

  it('says in one sentence what a folder lacks', async () => {
    const folder = await simulated(powerOffPlan(), temporaryFolder());
    const broken = (change: (copy: string) => void) => {
      const copy = join(temporaryFolder(), 'run');
      cpSync(folder, copy, { recursive: true });
      change(copy);
      return () => loadRun(copy);
    };
    expect(broken((copy) => rmSync(join(copy, 'summary.json')))).toThrow(/expected a finished run with summary.json/);
    expect(broken((copy) => rmSync(join(copy, 'requests.csv')))).toThrow(/requests.csv, got none/);
    expect(broken((copy) => writeFileSync(join(copy, 'plan.json'), '{'))).toThrow(/plan.json cannot be read/);
    expect(broken((copy) => writeFileSync(join(copy, 'requests.csv'), 'user\npu1\n'))).toThrow(/expected/);
    const cutShort = broken((copy) => {
      const lines = readFileSync(join(copy, 'events.ndjson'), 'utf8').split('\n');
      writeFileSync(join(copy, 'events.ndjson'), lines.filter((line) => !line.includes('"measure"')).join('\n'));
    });
    expect(cutShort).toThrow(/broke off before its measurement/);
  });
});

describe('finding runs', () => {
  it('knows the latest one by its id', async () => {
    const out = temporaryFolder();
    const folder = await simulated(powerOffPlan(), out);
    for (const id of ['20300101-000000-aaaaaa', '20310101-000000-aaaaaa']) {
      cpSync(folder, join(out, 'other', id), { recursive: true });
    }
    rmSync(join(out, 'other', '20310101-000000-aaaaaa', 'summary.json'));
    expect(locate('latest', out)).toBe(join(out, 'other', '20300101-000000-aaaaaa'));
  });

  it('finds all runs below a folder', async () => {
    const out = temporaryFolder();
    const folder = await simulated(powerOffPlan(), out);
    cpSync(folder, join(out, 'a', 'b', 'c', 'run'), { recursive: true });
    expect(findRunFolders(out)).toEqual([join(out, 'a', 'b', 'c', 'run'), folder]);
    expect(findRunFolders(dirname(folder))).toEqual([folder]);
  });

  it('refuses what is not there', () => {
    const out = temporaryFolder();
    expect(() => locate('latest', out)).toThrow(/got none; rsplab run makes one/);
    expect(() => locate(join(out, 'nowhere'), out)).toThrow(/which is none/);
  });
});
