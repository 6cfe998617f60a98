import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../base/package-root.js';
import { findTool } from '../base/tools.js';

/** What was at work, for those who want to repeat it; null where it cannot be told. */
export const versions = (): Record<string, string | null> => ({
  rsplab: rsplabVersion(),
  rsplib: rsplibVersion(),
  node: process.versions.node,
});

export function rsplabVersion(): string {
  const manifest = join(packageRoot(import.meta.url), 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** RSPLIB's programs do not tell their version, but its library's file name does: `librsplib.so.3.4.4`. */
function rsplibVersion(): string | null {
  const program = findTool('rspserver');
  if (!program) return null;
  const libraries = join(dirname(program), '../lib');
  const machines = readdirSync(libraries).filter((name) => name.includes('-linux-gnu'));
  const files = machines.flatMap((machine) => readdirSync(join(libraries, machine)));
  return files.map((name) => /^librsplib\.so\.(\d+\.\d+\.\d+)$/.exec(name)?.[1]).find((it) => it !== undefined) ?? null;
}
