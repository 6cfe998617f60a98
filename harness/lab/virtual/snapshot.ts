/**
 * The machine as it waits for a job: booted, with rsplab's code loaded. It is made once for each fingerprint and kept
 * in the cache; every run goes on from there, on a copy of its memory that the kernel makes page by page as it changes.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '../../base/cache.js';
import { labBroken } from '../../base/errors.js';
import { guestPackages } from '../../base/guest-packages.js';
import { identityOf } from '../lease.js';
import { makeImage } from './image.js';
import type { MachineSetting } from './machine.js';
import { writeParcel } from './parcel.js';
import { bootToPause, saveState } from './qemu.js';

export interface Snapshot {
  readonly memory: string;
  readonly state: string;
}

export interface SnapshotOptions {
  /** Of all that can change what is in it. */
  readonly hash: string;
  readonly setting: MachineSetting;
  /** Told what takes its time. */
  readonly say: (line: string) => void;
}

const files = ['memory', 'state'] as const;
type Sums = Record<(typeof files)[number], { readonly hash: string; readonly size: number; readonly mtimeMs: number }>;

/** How many snapshots are kept, the last used ones: each takes about 350 MB. */
const kept = 4;

/**
 * Finds the snapshot, or makes it.
 * @throws HarnessError `bad-input` when the machine's parts are missing, `lab-broken` when it cannot be made
 */
export async function snapshotFor({ hash, setting, say }: SnapshotOptions): Promise<Snapshot> {
  const folder = join(cacheFolder(), 'virtual', hash);
  const unfit = existsSync(folder) ? await whyUnfit(folder) : 'is not there yet';
  if (unfit) {
    say(`virtual machine: its snapshot ${unfit}; it is made now, once for this version (about half a minute) …`);
    await makeSnapshot(folder, setting);
    removeOld(dirname(folder));
  }
  writeFileSync(join(folder, 'used'), '');
  return { memory: join(folder, 'memory'), state: join(folder, 'state') };
}

/**
 * Reads the files whole only when they look touched.
 * @returns as in `its snapshot is damaged`; null when it is fit for use
 */
export async function whyUnfit(folder: string): Promise<string | null> {
  try {
    const sums = JSON.parse(readFileSync(join(folder, 'sums.json'), 'utf8')) as Sums;
    for (const name of files) {
      const { size, mtimeMs } = statSync(join(folder, name));
      const whole =
        size === sums[name].size &&
        (mtimeMs === sums[name].mtimeMs || (await hashOf(join(folder, name))) === sums[name].hash);
      if (!whole) return 'is damaged';
    }
    return null;
  } catch {
    return 'is incomplete';
  }
}

async function makeSnapshot(folder: string, setting: MachineSetting): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  removeHalfMade(dirname(folder));
  const work = mkdtempSync(`${folder}.new-${process.pid}-`);
  try {
    const fresh = join(work, 'snapshot');
    mkdirSync(fresh);
    const image = await makeImage(guestPackages()!, work);
    writeParcel(join(work, 'parcel'), { order: null, files: [] });
    const machine = await bootToPause({
      setting,
      folder: work,
      files: {
        ...{ kernel: guestPackages()!.kernel, image, memory: join(fresh, 'memory'), parcel: join(work, 'parcel') },
        ...{ line: join(work, 'line'), results: join(work, 'results') },
      },
    });
    try {
      await saveState(machine, join(fresh, 'state'));
    } finally {
      machine.kill();
      await machine.ended;
    }
    const sums = await Promise.all(
      files.map(async (name) => {
        const { size, mtimeMs } = statSync(join(fresh, name));
        return [name, { hash: await hashOf(join(fresh, name)), size, mtimeMs }] as const;
      }),
    );
    writeFileSync(join(fresh, 'sums.json'), JSON.stringify(Object.fromEntries(sums)));
    put(fresh, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Two that make the same one at a time: either will do, and the first may be in use. */
function put(fresh: string, folder: string): void {
  const aside = `${fresh}.old`;
  if (existsSync(folder)) renameSync(folder, aside);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'sums.json')))
      throw labBroken(`The machine's snapshot cannot be stored in ${folder}`, error);
  }
}

/** Whoever still runs one of them has its files open. */
function removeOld(folder: string): void {
  const used = (name: string) =>
    statSync(join(folder, name, 'used'), { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  const snapshots = readdirSync(folder).filter((name) => !name.includes('.'));
  const old = snapshots.sort((a, b) => used(b) - used(a)).slice(kept);
  for (const name of old) rmSync(join(folder, name), { recursive: true, force: true });
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/** What processes left that were killed while they made one; those that live may still be at it. */
function removeHalfMade(folder: string): void {
  for (const name of readdirSync(folder)) {
    const maker = /\.new-(\d+)-/.exec(name)?.[1];
    if (maker && !identityOf(Number(maker))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
