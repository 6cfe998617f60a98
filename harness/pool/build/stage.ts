/**
 * A build is copied into the cache before anything runs, with the libraries that it needs: so a run is of one build
 * whatever becomes of the files that somebody named, and hosts elsewhere can be given a folder that has it all.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../../base/cache.js';
import { digest } from '../../base/digest.js';
import { badInput } from '../../base/errors.js';
import { type Home, librariesOf } from '../../lab/libraries.js';
import { type FoundProgram, findProgram } from './find.js';
import { kindOf } from './kind.js';
import { versionAmong } from './near.js';
import type { ProgramName, Programs } from './programs.js';

export interface Build {
  /** As they were asked for. */
  readonly asked: Programs;
  /** Of all that is in it: twelve hexadecimal digits. */
  readonly hash: string;
  /** Of each program. */
  readonly hashes: Readonly<Partial<Record<ProgramName, string>>>;
  /** RSPLIB's version, where a library's name tells it. */
  readonly version: string | null;
  readonly folder: string;
  /** All that is in the folder, relative to it, in order. */
  readonly files: readonly BuildFile[];
}

export interface BuildFile {
  readonly path: string;
  readonly executable: boolean;
}

/** Of a build's program, relative to the build's folder. */
export const programIn = (name: ProgramName): string => `bin/${name}`;

/** The commands of a build's programs, where its folder is seen as `folder`. */
export const commandsOf = ({ asked }: Pick<Build, 'asked'>, folder: string): Record<string, string> =>
  Object.fromEntries(Object.keys(asked).map((name) => [name, join(folder, programIn(name as ProgramName))]));

/** The C library is the host's: it has to be the one of its loader. */
const hostLibraries = /^(?:ld-linux|lib(?:c|m|dl|rt|pthread|resolv|util|gcc_s|stdc\+\+)\.so)/;

/**
 * @param here where the programs' libraries are looked for
 * @param there where the programs will run
 * @returns null when none was asked for
 * @throws HarnessError `bad-input` for a program that cannot start there
 */
export async function stageBuild(asked: Programs, here: Home, there: Home): Promise<Build | null> {
  const names = (Object.keys(asked) as ProgramName[]).sort();
  if (names.length === 0) return null;
  const builds = join(cacheFolder(), 'builds');
  mkdirSync(builds, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(builds, 'new-'));
  try {
    const contents = new Map<string, Content>();
    let version: string | null = null;
    for (const name of names) {
      const unpacked = join(work, `unpacked-${name}`);
      mkdirSync(unpacked);
      const found = await findProgram(name, asked[name]!, unpacked);
      const { libraries, isScript } = await neededBy(name, found, here, there);
      const program: Content = { bytes: readFileSync(found.path), executable: true };
      if (isScript || libraries.size === 0) contents.set(programIn(name), program);
      else {
        contents.set(programIn(name), { bytes: Buffer.from(launcher(name)), executable: true });
        contents.set(`libexec/${name}`, program);
      }
      for (const [library, path] of libraries) {
        const [place, bytes] = [`lib/${library}`, readFileSync(path)];
        // One of them would silently run with the other's.
        if (contents.get(place)?.bytes.equals(bytes) === false) {
          const expected = `the same ${library} as the other programs have`;
          throw badInput(`--with ${name}: expected ${expected}, got ${path}; give programs of one build`);
        }
        contents.set(place, { bytes, executable: false });
      }
      version ??= versionAmong([...libraries.values()].map((path) => basename(realpathSync(path))));
    }
    const hash = digest(JSON.stringify([...contents].sort().map(([path, { bytes }]) => [path, digest(bytes)])));
    const folder = join(builds, hash);
    const fresh = join(work, 'build');
    for (const [path, { bytes, executable }] of contents) put(join(fresh, path), bytes, executable);
    await checkStarts(names, asked, fresh, there);
    // Another process may have put the same there meanwhile.
    if (!existsSync(folder)) renameSync(fresh, folder);
    const hashes = Object.fromEntries(names.map((name) => [name, hashIn(contents, name)]));
    const files = [...contents].sort().map(([path, { executable }]) => ({ path, executable }));
    return { asked, hash, hashes, version, folder, files };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Content {
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/** @throws HarnessError `bad-input` for a program of another kind of machine, or one that cannot start even here */
async function neededBy(
  name: string,
  { path, libraryFolders }: FoundProgram,
  here: Home,
  there: Home,
): Promise<{ libraries: ReadonlyMap<string, string>; isScript: boolean }> {
  const expected = (what: string, got: string) => badInput(`--with ${name}: expected ${what}, got ${path}, ${got}`);
  const kind = kindOf(path);
  if (kind.kind === 'unknown') throw expected('a program or a script', 'which is neither');
  if (kind.kind === 'script') {
    const { interpreter } = kind;
    const knows = there.interpreters?.includes(interpreter) ?? existsSync(interpreter);
    if (!knows) throw expected(`a script that ${there.name} can run`, `whose ${interpreter} is not there`);
    return { libraries: new Map(), isScript: true };
  }
  if (kind.foreign) throw expected('a program for x86-64', `which is for ${kind.foreign}`);
  const { paths, complaint } = await librariesOf(path, libraryFolders, here);
  if (complaint) throw expected('a program that can start', `which cannot: ${complaint}`);
  const own = [...paths].filter(([library]) => !hostLibraries.test(library));
  return { libraries: new Map(own), isScript: false };
}

/** Where it will run there may be an older C library, or none of what it takes for granted here. */
async function checkStarts(names: readonly ProgramName[], asked: Programs, folder: string, there: Home): Promise<void> {
  for (const name of names) {
    const program = join(folder, 'libexec', name);
    if (!existsSync(program)) continue;
    const { complaint } = await librariesOf(program, [join(folder, 'lib')], there);
    if (complaint) {
      const expected = `a program that ${there.name} can start`;
      throw badInput(`--with ${name}: expected ${expected}, got ${asked[name]}, which cannot there: ${complaint}`);
    }
  }
}

/** Becomes the program, wherever the build's folder is. */
const launcher = (name: ProgramName): string => `#!/bin/sh
here="\${0%/*}/.."
LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/libexec/${name}" "$@"
`;

function put(path: string, bytes: Buffer, executable: boolean): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  chmodSync(path, executable ? 0o755 : 0o644);
}

const hashIn = (contents: ReadonlyMap<string, Content>, name: ProgramName): string =>
  digest((contents.get(`libexec/${name}`) ?? contents.get(programIn(name)))!.bytes);
