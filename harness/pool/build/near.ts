import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a program's libraries may lie: beside an installed one's folder, or in that of one that was just built. */
export function libraryFoldersNear(program: string): string[] {
  const own = dirname(program);
  const installed = ['../lib', '../lib64'].map((name) => join(own, name));
  const machines = installed.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.includes('-linux-'))
      .map((name) => join(folder, name)),
  );
  return [own, join(own, '.libs'), ...installed, ...machines].filter((each) => existsSync(each));
}

/** None of what is no folder, or may not be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** RSPLIB's version, as a library's full name tells it: `librsplib.so.3.4.4`. */
export const versionAmong = (libraries: readonly string[]): string | null =>
  libraries.map((name) => /^librsplib\.so\.(\d+\.\d+\.\d+)$/.exec(name)?.[1]).find(Boolean) ?? null;
