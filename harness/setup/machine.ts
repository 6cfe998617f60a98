/** The part of set-up that prepares the machine: the programs of a lab, and the modules of the lab kernel. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../base/cache.js';
import { badInput, labBroken } from '../base/errors.js';
import {
  findOnMachine,
  findTool,
  guestFolder,
  toolEnvironment,
  toolNames,
  toolPackages,
  toolRoot,
  umlModuleFolders,
} from '../base/tools.js';
import { isGuestReady, setUpGuest } from './guest.js';
import { installPackages, unpackPackages } from './packages.js';

/** Tells the person who waits what is being done. */
export type Say = (line: string) => void;

/** Whether nothing is left to do. */
export const isMachineReady = (): boolean =>
  toolNames.every((name) => findTool(name) !== undefined) &&
  umlModuleFolders().every((each) => each.ready) &&
  isGuestReady();

/** Where two set-ups of one user wait for each other. */
export function machineLock(): string {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, 'setup.lock');
}

/**
 * Gets what is missing. To be called with `machineLock` held.
 * @throws HarnessError `bad-input` where it cannot be got at all, `lab-broken` where getting it failed
 */
export async function setUpMachine(say: Say): Promise<void> {
  removeLeftovers(toolRoot());
  await setUpTools(say);
  for (const folder of umlModuleFolders()) {
    if (folder.ready) continue;
    say(`lab kernel: preparing the modules of Linux ${folder.version} in ${folder.prepared}`);
    removeLeftovers(folder.prepared);
    await prepareModules(folder);
  }
  removeLeftovers(guestFolder());
  if (!isGuestReady()) await setUpGuest(say);
}

async function setUpTools(say: Say): Promise<void> {
  const missing = toolNames.filter((name) => findTool(name) === undefined);
  if (missing.length === 0) return;
  if (findOnMachine('apt-get') === undefined) {
    throw badInput(
      `System tools: expected ${missing.join(', ')}, got a machine without them and without apt-get to fetch them; ` +
        `install what Debian calls ${packagesFor(missing).join(', ')}, or use Debian or Ubuntu on x86-64`,
    );
  }
  if (process.getuid?.() === 0) {
    const packages = packagesFor(missing);
    say(`system tools: installing ${packages.join(', ')} on this machine (apt-get install)`);
    await installPackages(packages, say);
  } else {
    // All that the machine itself lacks, also what an earlier root held: the new one replaces it.
    const packages = packagesFor(toolNames.filter((name) => findOnMachine(name) === undefined));
    say(`system tools: unpacking ${packages.join(', ')} into ${toolRoot()} (apt-get download; no root needed)`);
    await unpackPackages(packages, toolRoot(), say);
  }
  const still = toolNames.filter((name) => findTool(name) === undefined);
  if (still.length > 0) throw labBroken(`System tools: apt-get brought no ${still.join(', ')}`);
}

const packagesFor = (names: readonly (keyof typeof toolPackages)[]): string[] => [
  ...new Set(names.map((name) => toolPackages[name])),
];

/** Gives the modules the index that modprobe needs, beside a link, since their own folder may be another user's. */
async function prepareModules({ version, source, prepared }: { version: string; source: string; prepared: string }) {
  mkdirSync(dirname(prepared), { recursive: true });
  const work = mkdtempSync(`${prepared}.new-`);
  const fresh = join(work, 'lib/modules', version);
  try {
    mkdirSync(fresh, { recursive: true });
    for (const part of ['kernel', 'modules.builtin', 'modules.order']) {
      if (existsSync(join(source, part))) symlinkSync(join(source, part), join(fresh, part));
    }
    await execa(findTool('depmod')!, ['-b', work, version], { env: toolEnvironment(), stdin: 'ignore' });
    rmSync(prepared, { recursive: true, force: true });
    renameSync(fresh, prepared);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What a set-up that was killed while making `folder` left beside it. */
function removeLeftovers(folder: string): void {
  if (!existsSync(dirname(folder))) return;
  const left = readdirSync(dirname(folder)).filter((name) => name.startsWith(`${basename(folder)}.new-`));
  for (const name of left) rmSync(join(dirname(folder), name), { recursive: true, force: true });
}
