/** Measured numbers can be had again: rows of a sweep in virtual time, to the digit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { rowsOf } from '../sweep/sweeps.js';
import { temporaryFolder } from '../temporary.js';
import { labTest } from './available.js';
import { commandLine, repository } from './rsplab.js';

const rsplab = (...args: string[]) => execa('node', [commandLine, ...args], { cwd: repository, reject: false });

labTest('the rows of a measured sweep are the same to the digit', async () => {
  const folder = temporaryFolder();
  const sweep = ['sweep', 'test/lab/experiments/gated.ts', '--on', 'virtual', '--replications', '2'];
  await rsplab(...sweep, '--set', 'measure=6', '--out', folder);
  const table = (await execa('find', [folder, '-name', 'runs.csv'])).stdout;
  const rows = rowsOf(readFileSync(table, 'utf8'));
  expect(rows).toHaveLength(2);
  expect(rows.map(({ fingerprint }) => fingerprint!.length)).toEqual([12, 12]);
  const { exitCode, stdout } = await rsplab(
    'reproduce',
    table,
    '--sample',
    '2',
    '--out',
    join(folder, 'again'),
    '--json',
  );
  expect(JSON.parse(stdout).map(({ outcome }: { outcome: string }) => outcome)).toEqual(['identical', 'identical']);
  expect(exitCode).toBe(0);
});
