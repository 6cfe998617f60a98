/** Somebody's own build under test: programs that a lab runs instead of the machine's. */
import { existsSync } from 'node:fs';
import { badInput } from '../../base/errors.js';

export const programNames = ['rspregistrar', 'rspserver', 'calcappclient'] as const;
export type ProgramName = (typeof programNames)[number];

/** Paths by program, as they were asked for: of a program, or of a folder or Debian package that has it. */
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

/** As a person types them. */
export const programWords = (option: string, programs: Programs): string[] =>
  Object.entries(programs).flatMap(([name, path]) => [option, `${name}=${path}`]);
