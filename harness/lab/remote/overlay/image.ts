/**
 * What a host needs for a lab kernel of ours, as two files: user-mode Linux, and a file system with RSPLIB, iproute2
 * and dumpcap that it unpacks into its memory. They are made once for each version and kept in the cache.
 */
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { cacheFolder } from '../../../base/cache.js';
import { digest } from '../../../base/digest.js';
import { badInput } from '../../../base/errors.js';
import { type GuestPackages, guestPackages } from '../../../base/guest-packages.js';
import { packageRoot } from '../../../base/package-root.js';
import { findTool, umlModuleFolders, umlModules } from '../../../base/tools.js';
import { kernelModules } from '../../guest/prepare.js';
import { archive, copyBusybox, copyModules, copyPrograms, makeFolders } from '../../guest/tree.js';

const programs = [
  ...['rspregistrar', 'rspserver', 'calcappclient', 'ip', 'tc', 'dumpcap', 'ping', 'kmod', 'stdbuf', 'date', 'dash'],
];
/** Not busybox's shell, which would take its own `ip`, `tc` and `date` for those that are meant. */
const shell = 'dash';

/** Packed files, as they travel; hosts unpack them. */
export interface OverlayFiles {
  /** Of all that is in them. */
  readonly hash: string;
  readonly linux: string;
  readonly image: string;
  /** RSPLIB's version. */
  readonly rsplib: string;
}

/**
 * Finds the files, or makes them.
 * @throws HarnessError `bad-input` when set-up has not fetched what they are made of
 */
export async function overlayFiles(): Promise<OverlayFiles> {
  const [packages, linux, modules] = [guestPackages(), findTool('linux.uml'), umlModules()];
  if (!packages || !linux || !modules) {
    throw badInput('lab remote: expected user-mode Linux for an overlay, got none; `npm run setup` installs it');
  }
  const init = readFileSync(join(packageRoot(import.meta.url), 'harness/lab/remote/overlay/init.sh'));
  const hash = digest([digest(readFileSync(linux)), JSON.stringify(packages.versions), digest(init), programs].join());
  const folder = join(cacheFolder(), 'overlay', hash);
  if (!existsSync(folder)) await makeFiles(folder, { packages, linux, modules });
  const rsplib = packages.versions.librsplib3 ?? 'unknown';
  return { hash, linux: join(folder, 'linux.gz'), image: join(folder, 'image.gz'), rsplib };
}

interface Parts {
  readonly packages: GuestPackages;
  readonly linux: string;
  readonly modules: string;
}

async function makeFiles(folder: string, { packages, linux, modules }: Parts): Promise<void> {
  const all = join(folder, '..');
  mkdirSync(all, { recursive: true });
  const work = mkdtempSync(join(all, 'new-'));
  try {
    const tree = join(work, 'tree');
    makeFolders(tree, ['host', 'lib/modules']);
    await copyPrograms(packages, 'the lab kernel of an overlay', programs, tree);
    copyBusybox(packages, [], tree);
    symlinkSync(`/usr/bin/${shell}`, join(tree, 'bin/sh'));
    const { version: kernelVersion } = umlModuleFolders()[0]!;
    await copyModules({ root: modules, kernelVersion }, kernelModules, tree);
    writeFileSync(join(tree, 'modules'), kernelModules.join(' '));
    copyFileSync(join(packageRoot(import.meta.url), 'harness/lab/remote/overlay/init.sh'), join(tree, 'init'));
    chmodSync(join(tree, 'init'), 0o755);
    const finished = join(work, 'finished');
    mkdirSync(finished);
    await pack(linux, join(finished, 'linux.gz'));
    await pack(await archive(tree, join(work, 'image.cpio')), join(finished, 'image.gz'));
    // Of other versions nobody will ask again.
    for (const name of readdirSync(all)) if (!name.startsWith('new-')) rmSync(join(all, name), { recursive: true });
    renameSync(finished, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const pack = (from: string, to: string): Promise<void> =>
  pipeline(createReadStream(from), createGzip({ level: 6 }), createWriteStream(to));
