/** Where the program itself is in what somebody named: a file, a folder of a build or of packages, a Debian package. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { badInput } from '../../base/errors.js';
import { toolEnvironment } from '../../base/tools.js';
import { libraryFoldersNear } from './near.js';

export interface FoundProgram {
  readonly path: string;
  /** Where the libraries may be that came with it. */
  readonly libraryFolders: readonly string[];
}

/** In an unpacked package, an installation, or a folder that was just built in. */
const places = ['.', 'bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/local/bin', 'src', 'src/.libs', '.libs'];

/**
 * @param folder for what has to be unpacked; must be empty, and stay as long as the program is needed
 * @throws HarnessError `bad-input` where there is no such program
 */
export async function findProgram(name: string, asked: string, folder: string): Promise<FoundProgram> {
  const whole = resolve(asked);
  if (!statSync(whole).isDirectory()) {
    if (extname(whole) !== '.deb') return near(unwrapped(whole));
    return inFolder(name, asked, await unpack([whole], folder));
  }
  const archives = readdirSync(whole).filter((each) => extname(each) === '.deb');
  const unpacked = archives.map((each) => join(whole, each));
  return inFolder(name, asked, archives.length > 0 ? await unpack(unpacked, folder) : whole);
}

function inFolder(name: string, asked: string, folder: string): FoundProgram {
  const path = places.map((place) => join(folder, place, name)).find((each) => statSync(each, noThrow)?.isFile());
  if (path) return near(unwrapped(path));
  throw badInput(`--with ${name}: expected a folder or package with ${name} in it, got ${asked}`);
}

const noThrow = { throwIfNoEntry: false } as const;

async function unpack(archives: readonly string[], folder: string): Promise<string> {
  // Slow to load, and only who brings packages needs it.
  const { execa } = await import('execa');
  for (const archive of archives) {
    const { failed, stderr } = await execa('dpkg-deb', ['--extract', archive, folder], {
      env: toolEnvironment(),
      reject: false,
    });
    if (failed) throw badInput(`--with: expected a Debian package, got ${archive}: ${stderr.trim()}`);
  }
  return folder;
}

/** Libtool leaves a script in the place of a program that was not installed yet; the program lies below. */
function unwrapped(path: string): string {
  const built = join(dirname(path), '.libs', basename(path));
  return existsSync(built) && readFileSync(path).subarray(0, 2).toString() === '#!' ? built : path;
}

const near = (path: string): FoundProgram => ({ path, libraryFolders: libraryFoldersNear(path) });
