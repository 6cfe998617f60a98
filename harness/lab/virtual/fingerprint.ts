/**
 * Versions and hashes of all that can change what happens in the machine: with the same plan, seed and fingerprint
 * every file of a run is the same, byte for byte.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '../../base/digest.js';
import { badInput } from '../../base/errors.js';
import { guestPackages } from '../../base/guest-packages.js';
import { packageRoot } from '../../base/package-root.js';
import { findTool } from '../../base/tools.js';
import { type MachineSetting, machineCommand } from './machine.js';

export interface VirtualFingerprint {
  /** Twelve hexadecimal digits that differ when any of the parts does. */
  readonly hash: string;
  readonly parts: Readonly<Record<string, string>>;
}

/** @throws HarnessError `bad-input` when the machine's parts are not there */
export function virtualFingerprint(setting: MachineSetting): VirtualFingerprint {
  const packages = guestPackages();
  const qemu = findTool('qemu-system-x86_64');
  if (!packages || !qemu) {
    throw badInput('lab virtual: expected QEMU and the packages of its machine, got none; `npm run setup` gets them');
  }
  const nowhere = { kernel: '', image: '', memory: '', parcel: '', line: '', results: '' };
  const parts = {
    qemu: digestOfFile(qemu),
    machine: digest(machineCommand(nowhere, setting, 'boot').join('\n')),
    kernel: packages.kernelVersion,
    packages: digest(JSON.stringify(packages.versions)),
    node: packages.versions.node!,
    rsplab: hashOfCode(),
    nanosecondsPerInstruction: String(setting.nanosecondsPerInstruction),
    memoryMiB: String(setting.memoryMiB),
  };
  return { hash: digest(JSON.stringify(parts)), parts };
}

/** Of a file as it is now; one that looks the same as before is not read again. */
function digestOfFile(path: string): string {
  const { size, mtimeMs } = statSync(path);
  const key = `${path} ${size} ${mtimeMs}`;
  const known = digests.get(key);
  if (known) return known;
  const fresh = digest(readFileSync(path));
  digests.set(key, fresh);
  return fresh;
}
const digests = new Map<string, string>();

/** rsplab's compiled code, what it builds on, and what is in the machine beside it. */
function hashOfCode(): string {
  const here = packageRoot(import.meta.url);
  const code = join(here, 'dist/harness');
  const files = readdirSync(code, { recursive: true, encoding: 'utf8' })
    .filter((name) => inMachine.test(name))
    .sort();
  const hash = createHash('sha256');
  for (const name of files) hash.update(name).update(digestOfFile(join(code, name)));
  for (const name of ['package-lock.json', 'harness/lab/virtual/init.sh']) hash.update(digestOfFile(join(here, name)));
  return hash.digest('hex').slice(0, 12);
}

/** Of the harness; what reads, compares and shows the results runs outside. */
const inMachine = /^(base|topology|fault|experiment|protocol|result|lab|pool|run|calibrate)\/.*\.js$/;
