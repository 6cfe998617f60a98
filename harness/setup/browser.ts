/** The browser that looks at reports in tests. It is for tests alone, so a machine without it is only told so. */
import { messageOf } from '../base/errors.js';
import { findOnMachine } from '../base/tools.js';
import type { Say } from './machine.js';
import { installPackages } from './packages.js';

/** Debian's package; Ubuntu's of the same name fetches a snap, which may not come up everywhere. */
const browserPackage = 'chromium';

/** Its path; undefined where there is none. */
export const findBrowser = (): string | undefined => findOnMachine('chromium');

export const isBrowserReady = (): boolean => findBrowser() !== undefined;

/** Installs it where that is allowed. Never throws: tests that need a browser are skipped without one. */
export async function setUpBrowser(say: Say): Promise<void> {
  // With all it needs it is 400 MB, far too much to be unpacked into a user's cache.
  const mayInstall = process.getuid?.() === 0 && findOnMachine('apt-get') !== undefined;
  if (!mayInstall) {
    say(`browser: expected ${browserPackage}, got none, and only root may install it; tests in a browser are skipped`);
    return;
  }
  say(`browser: installing ${browserPackage} on this machine (apt-get install), for tests only`);
  try {
    await installPackages([browserPackage], say);
  } catch (error) {
    say(`browser: ${messageOf(error)}; tests in a browser are skipped`);
  }
}
