/** Measured numbers can be had again: a row of a sweep in virtual time, to the digit. */
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { expect } from 'vitest';
import { rowsOf } from '../sweep/sweeps.js';
import { temporaryFolder } from '../temporary.js';
import { labTest } from './available.js';
import { commandLine, repository } from './rsplab.js';

const rsplab = (...args: string[]) => execa('node', [commandLine, ...args], { cwd: repository, reject: false });

labTest('a row of a measured sweep is the same to the digit', async () => {
  const folder = temporaryFolder();
  const sweep = ['sweep', 'test/lab/experiments/gated.ts', '--on', 'virtual', '--replications', '1'];
  await rsplab(...sweep, '--set', 'measure=6', '--out', folder);
  const table = (await execa('find', [folder, '-name', 'runs.csv'])).stdout;
  const rows = rowsOf(readFileSync(table, 'utf8'));
  expect(rows).toHaveLength(1);
  expect(rows[0]!.fingerprint).toMatch(/^[0-9a-f]{12}$/);
  const { exitCode, stdout } = await rsplab('reproduce', table, '--row', '1', '--out', folder, '--json');
  expect(JSON.parse(stdout).map(({ outcome }: { outcome: string }) => outcome)).toEqual(['identical']);
  expect(exitCode).toBe(0);
});
