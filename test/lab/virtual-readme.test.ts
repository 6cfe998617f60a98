/** What the README shows as a first result is what the command prints, wherever everything is as it was then. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { virtualFingerprint } from '../../harness/lab/virtual/fingerprint.js';
import { temporaryFolder } from '../temporary.js';
import { labTest } from './available.js';
import { commandLine, repository } from './rsplab.js';
import { machineSetting } from './virtual-machine.js';

labTest('the README’s first result is the one that the command prints', async ({ skip }) => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const [, block, after] = /## A first result[\s\S]*?```\n([\s\S]*?)```([\s\S]*?)##/.exec(readme)!;
  const told = /fingerprint `([0-9a-f]{12})`/.exec(after!)![1];
  const { hash } = virtualFingerprint(machineSetting);
  if (hash !== told) skip(`the README tells of fingerprint ${told}, this is ${hash}: take the result over anew`);
  const command = [commandLine, 'run', 'experiments/element-power-off.ts', '--out', temporaryFolder()];
  const { stdout } = await execa('node', command, { cwd: repository });
  const lines = block!.split('\n').filter(Boolean);
  expect(lines.length).toBeGreaterThan(15);
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(lines));
});
