/** The files that two runs of the same plan leave: what is promised to be the same, byte for byte. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What may differ: how long it took on this machine, and the report that tells it. */
const perRun = /^(report\.html|assets\/.*)$/;

/**
 * A hash of each file that is promised; of `summary.json` without its section `machine`, of `comparison.json` without
 * the run's own name.
 */
export function promisedFiles(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && !perRun.test(name))
    .sort();
  return Object.fromEntries(names.map((name) => [name, hashOf(join(folder, name))]));
}

function hashOf(file: string): string {
  const bytes = readFileSync(file);
  if (file.endsWith('comparison.json')) return hash(bytes.toString('utf8').replaceAll(basename(dirname(file)), ''));
  if (!file.endsWith('summary.json')) return hash(bytes);
  const { machine, ...rest } = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  if (machine === undefined) throw new Error(`${file} has no section machine`);
  return hash(JSON.stringify(rest));
}

const hash = (content: string | Buffer): string => createHash('md5').update(content).digest('hex');
