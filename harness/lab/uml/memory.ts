/** A lab kernel's memory is a file, from which it also runs programs: which folder that can be in. */
import { accessSync, constants, readFileSync, realpathSync, statfsSync } from 'node:fs';
import { labBroken } from '../../base/errors.js';
import { temporaryFolder } from '../../base/temporary.js';

const MiB = 2 ** 20;

/**
 * The folder for the memory of a lab kernel: in memory, unless that is closed to us, too small, or nothing can be run
 * from there, as in many containers and on hardened machines.
 * @throws HarnessError `lab-broken` when neither is any use, with the reasons
 */
export function memoryFolder(memoryMiB: number, folders: readonly string[] = ['/dev/shm', temporaryFolder()]): string {
  const reasons: string[] = [];
  for (const folder of folders) {
    const reason = whyNot(folder, memoryMiB);
    if (reason === null) return folder;
    reasons.push(`${folder} ${reason}`);
  }
  throw labBroken(
    `lab uml: expected a folder for ${memoryMiB} MiB of a lab kernel's memory, got ${reasons.join('; ')}; ` +
      'TMPDIR may name another one',
  );
}

function whyNot(folder: string, memoryMiB: number): string | null {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(folder);
    const free = Math.floor((bavail * bsize) / MiB);
    if (free < memoryMiB) return `has room for ${free} MiB`;
    return isNoexec(realpathSync(folder), mounts()) ? 'is mounted noexec' : null;
  } catch {
    return 'is missing or closed to us';
  }
}

const mounts = (): string => readFileSync('/proc/self/mountinfo', 'utf8');

/**
 * Whether programs below this folder cannot be run, by the mount that it is on: the one whose place is the longest
 * beginning of the folder's path, and of several in one place the last.
 * @param mountinfo as `/proc/self/mountinfo` has it (proc_pid_mountinfo(5))
 */
export function isNoexec(folder: string, mountinfo: string): boolean {
  let [longest, noexec] = [-1, false];
  for (const line of mountinfo.split('\n')) {
    const [, , , , place, options] = line.split(' ');
    if (place === undefined || options === undefined) continue;
    const at = place.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    const holds = at === '/' || folder === at || folder.startsWith(`${at}/`);
    if (!holds || at.length < longest) continue;
    [longest, noexec] = [at.length, options.split(',').includes('noexec')];
  }
  return noexec;
}
