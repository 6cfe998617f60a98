/** What a plan tells the hosts' kernels about SCTP is what they say. */
import { execa } from 'execa';
import { expect } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { labTest } from './available.js';
import { commandLine, repository } from './rsplab.js';

labTest('kernels take the timers of SCTP that a topology gives them', async () => {
  const settings = ['--set', 'rtoMin=0.25', '--set', 'keepAlive=3', '--set', 'measure=10', '--set', 'drain=2'];
  const command = [commandLine, 'run', 'experiments/path-failover.ts', ...settings, '--out', temporaryFolder()];
  const { stdout } = await execa('node', command, { cwd: repository, reject: false });
  for (const host of ['pe1', 'pe3', 'pu1', 'pu3']) expect(stdout).toContain(`Note: SCTP at ${host}: rto_min 250.`);
  expect(stdout).not.toContain('took other values');
});
