/**
 * Shares of a CPU for the processes of one host, by a control group of its own (cgroups(7)): version 2 or 1, whichever
 * has the CPU controller. Files instead of commands: `cpu.max`, or `cpu.cfs_quota_us`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labBroken, messageOf } from '../base/errors.js';

interface Hierarchy {
  readonly version: 1 | 2;
  readonly root: string;
}

/** Microseconds: the kernel's default, and Docker's. A starved host waits this long at the most, less its share. */
export const cpuPeriod = 100_000;

const mounts = '/sys/fs/cgroup';

/** Where limits for CPUs can be had; undefined when nowhere. */
function findHierarchy(): Hierarchy | undefined {
  for (const name of ['cpu', 'cpu,cpuacct', 'cpuacct,cpu']) {
    if (existsSync(join(mounts, name, 'cpu.cfs_quota_us'))) return { version: 1, root: join(mounts, name) };
    // The root of a hierarchy has no limits in it.
    if (existsSync(join(mounts, name, 'cpu.shares'))) return { version: 1, root: join(mounts, name) };
  }
  const offered = readFile(join(mounts, 'cgroup.controllers')) ?? '';
  return offered.split(/\s+/).includes('cpu') ? { version: 2, root: mounts } : undefined;
}

const readFile = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

const prefix = (session: string): string => `rsplab-${session}-`;

/** The processes of one host, of which some or all may be limited. */
export class CpuLimit {
  #folder: string | null = null;
  /** Where its processes were before: all of them are our own children. */
  #home = '';

  constructor(
    private readonly session: string,
    private readonly host: string,
    private readonly processes: () => Iterable<number>,
  ) {}

  /** @throws HarnessError `lab-broken` when the kernel does not take it */
  set(share: number | null): string {
    try {
      return share === null ? this.#lift() : this.#impose(share);
    } catch (error) {
      throw labBroken(`The CPU of ${this.host} cannot be limited: ${messageOf(error)}`, error);
    }
  }

  /** Limits a process that was started meanwhile. */
  adopt(pid: number): void {
    if (this.#folder) move(pid, this.#folder);
  }

  #impose(share: number): string {
    const hierarchy = findHierarchy();
    if (!hierarchy) throw new Error('there is no control group with a CPU controller');
    this.#home = homeIn(hierarchy);
    this.#folder = makeGroup(hierarchy, `${prefix(this.session)}${this.host}`);
    const limit = setQuota(hierarchy, this.#folder, Math.round(share * cpuPeriod));
    let moved = 0;
    for (const pid of this.processes()) {
      move(pid, this.#folder);
      moved++;
    }
    return `${moved} processes of ${this.host} share ${limit} of a CPU (cgroup version ${hierarchy.version})`;
  }

  #lift(): string {
    const folder = this.#folder;
    if (!folder) return '';
    this.#folder = null;
    const throttled = /^nr_throttled (\d+)/m.exec(readFile(join(folder, 'cpu.stat')) ?? '')?.[1] ?? '0';
    for (const pid of pidsIn(folder)) move(pid, this.#home);
    rmdirSync(folder);
    return `its processes were made to wait ${throttled} times`;
  }
}

/** Leaves no group of a dead session behind; its processes must be gone. */
export function removeGroups(session: string): string[] {
  const hierarchy = findHierarchy();
  if (!hierarchy) return [];
  const groups = readdirSync(hierarchy.root).filter((name) => name.startsWith(prefix(session)));
  for (const name of groups) {
    const folder = join(hierarchy.root, name);
    for (const pid of pidsIn(folder)) move(pid, hierarchy.root);
    rmdirSync(folder);
  }
  return groups;
}

/** Tries it out. @returns why the CPU cannot be limited here; undefined when it can */
export function whyNoCpuLimit(session: string): string | undefined {
  const limit = new CpuLimit(session, 'probe', () => []);
  try {
    limit.set(0.5);
    limit.set(null);
    return undefined;
  } catch (error) {
    removeGroups(session);
    return messageOf(error);
  }
}

function makeGroup({ version, root }: Hierarchy, name: string): string {
  const folder = join(root, name);
  const switches = join(root, 'cgroup.subtree_control');
  if (version === 2 && !readFileSync(switches, 'utf8').split(/\s+/).includes('cpu')) writeFileSync(switches, '+cpu');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @returns the share as the kernel has it now */
function setQuota({ version }: Hierarchy, folder: string, quota: number): number {
  if (version === 2) {
    writeFileSync(join(folder, 'cpu.max'), `${quota} ${cpuPeriod}`);
    const [max, period] = readFileSync(join(folder, 'cpu.max'), 'utf8').split(' ').map(Number);
    return max! / period!;
  }
  writeFileSync(join(folder, 'cpu.cfs_period_us'), String(cpuPeriod));
  writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota));
  return Number(readFileSync(join(folder, 'cpu.cfs_quota_us'), 'utf8')) / cpuPeriod;
}

/** Our own group: `0::/user.slice`, or in version 1 `4:cpu,cpuacct:/user.slice`. */
function homeIn({ version, root }: Hierarchy): string {
  const lines = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const line = lines.find(([, names]) => (version === 2 ? names === '' : names?.split(',').includes('cpu')));
  return join(root, line?.slice(2).join(':') ?? '/');
}

const pidsIn = (folder: string): number[] =>
  (readFile(join(folder, 'cgroup.procs')) ?? '').split('\n').filter(Boolean).map(Number);

function move(pid: number, folder: string): void {
  try {
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  } catch (error) {
    // It may just have ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
