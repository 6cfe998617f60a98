import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesIn } from '../../../reports/index-page/entries.js';
import { writeReports } from '../../../reports/write.js';
import { small } from '../experiments.js';
import { changedRun, makeResults, removeResults, simulatedRun, writtenSweep } from '../run-folder.js';

let results: string;
beforeAll(async () => {
  results = makeResults();
  const older = await simulatedRun(results, small, { seed: 1, at: 0 });
  await simulatedRun(results, small, { seed: 2, at: 3600 });
  changedRun(older, '20000101-000000-cut', { 'summary.json': () => null });
  changedRun(older, '19990101-000000-bad', { 'plan.json': () => '{' });
  writtenSweep(results);
});
afterAll(() => removeResults(results));

describe('the index over results', () => {
  it('lists runs and sweeps, the newest first, also those that were cut short or are damaged', () => {
    const entries = entriesIn(results);
    expect(entries.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
      ...['sweep pass', 'run pass', 'run pass', 'run unknown', 'run unknown'],
    ]);
    expect(entries[0]).toMatchObject({ point: 'keepAlive × 2', headline: '2 points × 2 runs, complete' });
    expect(entries[1]).toMatchObject({ experiment: 'small', on: 'sim', headline: expect.stringContaining('failover') });
    expect(entries[3]!.headline).toBe('never came to its end');
    expect(entries[4]!.headline).toMatch(/^cannot be read/);
  });

  it('is written together with the reports that are missing, and links to them', () => {
    const pages: string[] = [];
    const troubles: string[] = [];
    writeReports(results, {
      onPage: (path) => pages.push(path),
      onTrouble: (folder) => troubles.push(folder),
    });
    expect(pages).toHaveLength(5);
    expect(troubles).toEqual([join(results, 'small', '19990101-000000-bad')]);
    const page = readFileSync(join(results, 'index.html'), 'utf8');
    expect(page.match(/\/report\.html"/g)?.length).toBeGreaterThanOrEqual(4);
    const again: string[] = [];
    writeReports(results, { onPage: (path) => again.push(path), onTrouble: () => {} });
    expect(again).toEqual([join(results, 'index.html')]);
  });

  it('gives a sweep its curves with intervals', () => {
    const path = writeReports(join(results, 'small', '20400101-000000-sweep'));
    const page = readFileSync(path, 'utf8');
    expect(page).toContain('Handling speed over keepAlive');
    expect(page).toContain('80 ± 2.5 (n = 2)');
    expect(page).toContain('rsplab sweep experiments/small.ts --on sim --seed 1 --replications 2');
  });

  it('is complete as well when nobody wants to be told of it', async () => {
    const quiet = makeResults();
    const folder = await simulatedRun(quiet, small);
    writeReports(quiet);
    expect(readdirSync(folder)).toContain('report.html');
    removeResults(quiet);
  });

  it('refuses a folder without any', () => {
    const empty = join(results, 'empty');
    mkdirSync(empty);
    expect(() => writeReports(empty)).toThrow(/expected a run, a sweep or a folder with some/);
    expect(() => writeReports(join(results, 'missing'))).toThrow(/which is none/);
  });
});
