/** A build of somebody's own under test: programs that a lab runs instead of the machine's. */
import { existsSync } from 'node:fs';
import { badInput } from '../base/errors.js';
import type { Subject } from './subject.js';

export const programNames = ['rspregistrar', 'rspserver', 'calcappclient'] as const;
export type ProgramName = (typeof programNames)[number];

/** Paths by program. */
export type Programs = Readonly<Partial<Record<ProgramName, string>>>;

/**
 * Reads `NAME=PATH`, as after `--with`.
 * @throws HarnessError `bad-input` for another name, or a path where nothing is
 */
export function readPrograms(option: string, entries: readonly string[]): Programs {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      const [name, path] = [entry.slice(0, at), entry.slice(at + 1)];
      if (!programNames.some((each) => each === name) || path === '') {
        throw badInput(`${option}: expected NAME=PATH with one of ${programNames.join(', ')}, got '${entry}'`);
      }
      if (!existsSync(path)) throw badInput(`${option} ${name}: expected a file, got ${path}, which does not exist`);
      return [name, path];
    }),
  );
}

/** @throws HarnessError `bad-input` when there are some, and the subject cannot run them */
export function checkPrograms(programs: Programs, { name, takesPrograms }: Pick<Subject, 'name' | 'takesPrograms'>) {
  const [first] = Object.keys(programs);
  if (first && !takesPrograms) {
    throw badInput(`--with ${first}: expected a lab that runs given programs, got ${name}, which does not`);
  }
}
