/**
 * What tests sweep through, a queue's server and a cluster's daemons, and log in to, a server of SSH. For tests alone:
 * who lacks them is only told.
 */
import { messageOf } from '../base/errors.js';
import { findOnMachine } from '../base/tools.js';
import type { Say } from './machine.js';
import { installPackages } from './packages.js';

const packageOf = {
  'redis-server': 'redis-server',
  slurmctld: 'slurm-wlm',
  munged: 'munge',
  sshd: 'openssh-server',
  busybox: 'busybox-static',
};

const missing = (): string[] =>
  Object.entries(packageOf).flatMap(([program, name]) => (findOnMachine(program) === undefined ? [name] : []));

export const isQueueReady = (): boolean => missing().length === 0;

/** Installs it where that is allowed. Never throws: tests that need it are skipped without. */
export async function setUpQueue(say: Say): Promise<void> {
  const mayInstall = process.getuid?.() === 0 && findOnMachine('apt-get') !== undefined;
  if (!mayInstall) {
    const names = missing().join(', ');
    say(`for tests: expected ${names}, got none, and only root may install them; tests that need them are skipped`);
    return;
  }
  say(`for tests: installing ${missing().join(', ')} on this machine (apt-get install), which nothing else needs`);
  try {
    await installPackages(missing(), say);
  } catch (error) {
    say(`for tests: ${messageOf(error)}; tests that need it are skipped`);
  }
}
