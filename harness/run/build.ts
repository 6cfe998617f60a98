/** A build under test, on its way to a subject. */
import { delimiter } from 'node:path';
import { badInput } from '../base/errors.js';
import { toolEnvironment } from '../base/tools.js';
import type { Home } from '../pool/build/libraries.js';
import type { Programs } from '../pool/build/programs.js';
import { type Build, stageBuild } from '../pool/build/stage.js';
import type { Subject } from './subject.js';

/** This machine, as programs see it that a lab starts on it. */
export const homeHere = (): Home => ({
  name: 'this machine',
  loader: '/lib64/ld-linux-x86-64.so.2',
  libraryFolders: (toolEnvironment().LD_LIBRARY_PATH ?? '').split(delimiter).filter(Boolean),
});

/** @throws HarnessError `bad-input` when there are some, and the subject cannot run them */
export function checkPrograms(programs: Programs, { name, home }: Pick<Subject, 'name' | 'home'>): void {
  const [first] = Object.keys(programs);
  if (first && !home) {
    throw badInput(`--with ${first}: expected a lab that runs given programs, got ${name}, which does not`);
  }
}

/**
 * Makes a build of the programs that somebody asked for; null of none.
 * @throws HarnessError `bad-input` for what the subject cannot run
 */
export async function buildFor(programs: Programs, subject: Subject): Promise<Build | null> {
  checkPrograms(programs, subject);
  return subject.home ? stageBuild(programs, homeHere(), subject.home()) : null;
}

/** As among the versions of what was at work: `3.4.4, build 0f1e2d3c4b5a` by program. */
export const versionsOf = (build: Build | null | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(build?.hashes ?? {}).map(([name, hash]) => [
      name,
      [...(build?.version ? [build.version] : []), `build ${hash}`].join(', '),
    ]),
  );
