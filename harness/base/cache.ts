import { accessSync, constants, lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { badInput } from './errors.js';
import { temporaryFolder } from './temporary.js';

/** What the choice of the cache folder depends on. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Empty for a user who has none. */
  readonly home: string;
  readonly temporary: string;
  readonly uid: number;
}

/**
 * Where rsplab keeps what it fetched and prepared on this machine, for this user. It need not exist yet.
 * `RSPLAB_CACHE`, else `XDG_CACHE_HOME/rsplab`, else `~/.cache/rsplab`, else (no writable home: service users)
 * a folder of our own among the temporary files.
 * @throws HarnessError `bad-input` when the latter exists but may have been laid there by somebody else
 */
export function cacheFolder(here: Surroundings = surroundings()): string {
  const { env, home, uid } = here;
  if (env.RSPLAB_CACHE) return resolve(env.RSPLAB_CACHE);
  // The XDG specification says to ignore a relative path.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'rsplab');
  const inHome = join(home, '.cache', 'rsplab');
  if (isAbsolute(home) && canMake(inHome, home)) return inHome;
  const shared = join(here.temporary, `rsplab-${uid}`);
  refuseForeign(shared, uid);
  return shared;
}

const surroundings = (): Surroundings => ({
  env: process.env,
  home: homeFolder(),
  // Only where it is needed: there may be none.
  get temporary() {
    return temporaryFolder();
  },
  uid: process.getuid?.() ?? 0,
});

/** Node.js throws where neither `HOME` nor the machine's list of users says one, as for any user id in a container. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/** Whether `folder` is writable or could be made, looking no higher than `top`. */
function canMake(folder: string, top: string): boolean {
  for (let at = folder; at.startsWith(top); at = dirname(at)) {
    try {
      accessSync(at, constants.W_OK | constants.X_OK);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || at === dirname(at)) return false;
    }
  }
  return false;
}

// Programs are run from the cache, so a folder that others could have made or can write to is an attack surface.
function refuseForeign(folder: string, uid: number): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return;
  throw badInput(
    `Cache: expected ${folder} to be a folder that only this user may enter, got one that others own or may enter; ` +
      'remove it, or name another folder in RSPLAB_CACHE',
  );
}
