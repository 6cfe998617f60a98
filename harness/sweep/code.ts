import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What makes the numbers of a run; what plans sweeps, carries runs to others or draws tables changes none. */
const ofRuns =
  /^((base|topology|fault|experiment|protocol|result|stats|sim|run)\/.*|sweep\/(columns|paths|simulated))\.[jt]s$/;

/** Twelve hexadecimal digits that differ when rsplab's own code may give other numbers. */
export function codeDigest(): string {
  known ??= digestOf(fileURLToPath(new URL('..', import.meta.url)));
  return known;
}
let known: string | undefined;

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => ofRuns.test(name));
  for (const name of names.filter((each) => !each.endsWith('.d.ts')).sort())
    hash.update(name).update(readFileSync(`${folder}/${name}`));
  return hash.digest('hex').slice(0, 12);
}
