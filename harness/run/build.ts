/** A build under test, on its way to a subject. */
import { delimiter } from 'node:path';
import { badInput } from '../base/errors.js';
import { toolEnvironment } from '../base/tools.js';
import type { Home } from '../lab/libraries.js';
import type { Programs } from '../pool/build/programs.js';
import { type Build, commandsOf, stageBuild } from '../pool/build/stage.js';
import type { GivenPrograms } from '../pool/pool.js';
import type { Subject } from './subject.js';

/** This machine, as programs see it that a lab starts on it. */
export const homeHere = (): Home => ({
  name: 'this machine',
  loader: '/lib64/ld-linux-x86-64.so.2',
  libraryFolders: (toolEnvironment().LD_LIBRARY_PATH ?? '').split(delimiter).filter(Boolean),
});

/**
 * Makes a build of the programs that somebody asked for; null of none.
 * @throws HarnessError `bad-input` for what the subject cannot run
 */
export async function buildFor(programs: Programs, subject: Subject): Promise<Build | null> {
  const [first] = Object.keys(programs);
  if (!first) return null;
  const there = subject.home?.();
  if (there) return stageBuild(programs, homeHere(), there);
  throw badInput(`--with ${first}: expected a lab that runs given programs, got ${subject.name}, which does not`);
}

/** @param folder where hosts see the build's */
export const programsIn = (build: Build | null | undefined, folder = build?.folder ?? ''): GivenPrograms | null =>
  build ? { folder, commands: commandsOf(build, folder) } : null;

/** As among the versions of what was at work: `3.4.4, build 0f1e2d3c4b5a` by program. */
export const versionsOf = (build: Build | null | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(build?.hashes ?? {}).map(([name, hash]) => [
      name,
      [...(build?.version ? [build.version] : []), `build ${hash}`].join(', '),
    ]),
  );
