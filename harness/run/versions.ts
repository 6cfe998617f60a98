import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package-root.js';
import { findTool } from '../base/tools.js';
import { libraryFoldersNear, namesIn, versionAmong } from '../pool/build/near.js';

/** What was at work, for those who want to repeat it; null where it cannot be told. */
export const versions = (): Record<string, string | null> => ({
  rsplab: rsplabVersion(),
  rsplib: rsplibVersion(findTool('rspserver')),
  node: process.versions.node,
});

export function rsplabVersion(): string {
  const manifest = join(packageRoot(import.meta.url), 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/**
 * RSPLIB's programs do not tell their version, but its library's file name does: `librsplib.so.3.4.4`. It lies beside
 * an installed program's folder, or in that of a program that was just built; a wrapper names the program it starts.
 * @param program `rspserver`'s path
 */
export function rsplibVersion(program: string | undefined): string | null {
  if (program === undefined) return null;
  const libraries = [program, ...programsIn(program)].flatMap((each) =>
    libraryFoldersNear(realPath(each)).flatMap(namesIn),
  );
  return versionAmong(libraries);
}

/** What a run says where the version is not known; null where it is. */
export function versionNote({ rsplib }: Readonly<Record<string, string | null>>): string | null {
  const program = findTool('rspserver');
  if (rsplib || program === undefined) return null;
  return `RSPLIB's version is not known: ${program} has no librsplib.so.X.Y.Z beside it, in .libs/ or in ../lib/`;
}

/** A script is at most so long, bytes; programs are longer. */
const scriptMost = 65_536;

/** Paths of programs called `rspserver` that a script has in its text. */
function programsIn(script: string): string[] {
  try {
    if (statSync(script).size > scriptMost) return [];
    const text = readFileSync(script, 'utf8');
    return text.startsWith('#!') ? (text.match(/\/[^\s"'`;&|]*rspserver\b/g) ?? []) : [];
  } catch {
    return [];
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
