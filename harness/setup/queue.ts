/** The server of the queue that tests sweep through. It is for tests alone, so a machine without it is only told so. */
import { messageOf } from '../base/errors.js';
import { findOnMachine } from '../base/tools.js';
import type { Say } from './machine.js';
import { installPackages } from './packages.js';

const queuePackage = 'redis-server';

export const isQueueReady = (): boolean => findOnMachine('redis-server') !== undefined;

/** Installs it where that is allowed. Never throws: tests that need a queue are skipped without one. */
export async function setUpQueue(say: Say): Promise<void> {
  const mayInstall = process.getuid?.() === 0 && findOnMachine('apt-get') !== undefined;
  if (!mayInstall) {
    say(`queue: expected ${queuePackage}, got none, and only root may install it; tests with a queue are skipped`);
    return;
  }
  say(`queue: installing ${queuePackage} on this machine (apt-get install), for tests only`);
  try {
    await installPackages([queuePackage], say);
  } catch (error) {
    say(`queue: ${messageOf(error)}; tests with a queue are skipped`);
  }
}
