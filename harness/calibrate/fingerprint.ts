/** What machine this is, as far as it decides how exact a lab is. */
import { cpus, release, totalmem } from 'node:os';
import { digest } from '../base/digest.js';
import { guestPackages } from '../base/guest-packages.js';
import { toolEnvironment } from '../base/tools.js';
import { virtualFingerprint } from '../lab/virtual/fingerprint.js';
import type { MachineSetting } from '../lab/virtual/machine.js';
import type { Fingerprint } from '../result/calibration.js';

/** What rsplab knows of itself and its components. */
export interface Versions {
  readonly rsplab: string;
  readonly rsplib: string | null;
}

/** @param labKernel release of the kernel that emulates the networks */
export async function fingerprintOf(lab: string, labKernel: string, versions: Versions): Promise<Fingerprint> {
  const processors = cpus();
  return {
    lab,
    cpu: processors[0]?.model.trim() || 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    hostKernel: release(),
    labKernel,
    node: process.versions.node,
    ...versions,
    iproute2: await says('ip', '-V', /iproute2-([\w.]+)/),
    userModeLinux: lab.startsWith('uml') ? await says('linux.uml', '--version', /(\S+)/) : null,
  };
}

/** Of a machine in virtual time: what runs it makes no difference. */
export function machineFingerprint(
  lab: string,
  labKernel: string,
  setting: MachineSetting,
  versions: Versions,
): Fingerprint {
  const { hash, parts } = virtualFingerprint(setting);
  return {
    lab,
    cpu: `virtual, ${setting.nanosecondsPerInstruction} ns an instruction`,
    cores: 1,
    memoryGiB: setting.memoryMiB / 1024,
    hostKernel: `fingerprint ${hash}`,
    labKernel,
    node: parts.node!,
    ...versions,
    iproute2: guestPackages()?.versions.iproute2 ?? null,
    userModeLinux: null,
  };
}

async function says(tool: string, option: string, version: RegExp): Promise<string | null> {
  // Slow to load, and rarely wanted.
  const { execa } = await import('execa');
  const { stdout } = await execa(tool, [option], { env: toolEnvironment(), stdin: 'ignore', reject: false });
  return version.exec(stdout ?? '')?.[1] ?? null;
}

/** Twelve hexadecimal digits that differ when anything of it does. */
export const hashOf = (fingerprint: Fingerprint): string =>
  digest(JSON.stringify(Object.entries(fingerprint).sort(([a], [b]) => (a < b ? -1 : 1))));
