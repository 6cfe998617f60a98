/** The optional part of set-up: a Docker Engine to be run in lab kernels. Never installed: it must not start here. */
import { mkdirSync } from 'node:fs';
import { cacheFolder } from '../base/cache.js';
import { badInput, labBroken } from '../base/errors.js';
import { enginePackages, engineRoot, findOnMachine, findTool } from '../base/tools.js';
import type { Say } from './machine.js';
import { installPackages, unpackPackages } from './packages.js';

/**
 * Gets the tool that makes the image; without root's rights that is up to the person.
 * @throws HarnessError `bad-input` where it cannot be had
 */
export async function setUpImageTool(say: Say): Promise<void> {
  if (findTool('mmdebstrap') !== undefined) return;
  if (process.getuid?.() === 0 && findOnMachine('apt-get') !== undefined) {
    say('installing mmdebstrap on this machine (apt-get install)');
    await installPackages(['mmdebstrap'], say);
    return;
  }
  throw badInput('image: expected mmdebstrap, got none; have root install what Debian calls mmdebstrap');
}

/**
 * Gets the engine's programs where they are missing.
 * @throws HarnessError `bad-input` where they cannot be got at all, `lab-broken` where getting them failed
 */
export async function setUpEngine(say: Say): Promise<void> {
  const missing = () => Object.keys(enginePackages).filter((name) => findTool(name) === undefined);
  if (missing().length === 0) return;
  if (findOnMachine('apt-get') === undefined) {
    throw badInput(
      `image: expected ${missing().join(', ')}, got a machine without them and without apt-get to fetch them`,
    );
  }
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  await unpackPackages([...new Set(Object.values(enginePackages))], engineRoot(), say);
  if (missing().length > 0) throw labBroken(`image: apt-get brought no ${missing().join(', ')}`);
}
