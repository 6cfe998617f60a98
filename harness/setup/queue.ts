/** What tests sweep through: a queue's server, a cluster's daemons. For tests alone: who lacks them is only told. */
import { messageOf } from '../base/errors.js';
import { findOnMachine } from '../base/tools.js';
import type { Say } from './machine.js';
import { installPackages } from './packages.js';

const packageOf = { 'redis-server': 'redis-server', slurmctld: 'slurm-wlm', munged: 'munge' };

const missing = (): string[] =>
  Object.entries(packageOf).flatMap(([program, name]) => (findOnMachine(program) === undefined ? [name] : []));

export const isQueueReady = (): boolean => missing().length === 0;

/** Installs it where that is allowed. Never throws: tests that need a queue are skipped without one. */
export async function setUpQueue(say: Say): Promise<void> {
  const mayInstall = process.getuid?.() === 0 && findOnMachine('apt-get') !== undefined;
  if (!mayInstall) {
    const names = missing().join(', ');
    say(`queue: expected ${names}, got none, and only root may install them; tests that need them are skipped`);
    return;
  }
  say(`queue: installing ${missing().join(', ')} on this machine (apt-get install), for tests only`);
  try {
    await installPackages(missing(), say);
  } catch (error) {
    say(`queue: ${messageOf(error)}; tests that need it are skipped`);
  }
}
