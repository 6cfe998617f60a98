import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';

interface Entry {
  optionalDependencies?: Record<string, string>;
}

// npm leaves a package for another platform out when the registry did not have it, and then `npm ci` refuses to
// install anything from a fresh clone. The remedy is a release that exists for every platform.
it('has an entry for every optional package, also for other platforms', () => {
  const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const packages: Record<string, Entry> = JSON.parse(text).packages;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !placesFor(name, path).some((place) => place in packages)),
  );
  expect(missing).toEqual([]);
});

/** Where Node.js looks for `name` from the package at `path`, nearest first. */
function placesFor(name: string, path: string): string[] {
  const places = [`${path}/node_modules/${name}`];
  for (let at = path; at.includes('node_modules'); at = dirname(at)) {
    if (dirname(at).endsWith('node_modules') || at.endsWith('node_modules')) places.push(`${dirname(at)}/${name}`);
  }
  return [...places, `node_modules/${name}`];
}
