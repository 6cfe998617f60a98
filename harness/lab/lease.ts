/**
 * A lease says that a session lives: who owns it and what must be removed should the owner die without doing so. Leases
 * lie in the cache folder, one file per session.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../base/cache.js';
import { writeWhole } from '../base/write-whole.js';

export interface Lease {
  readonly session: string;
  readonly lab: string;
  readonly owner: ProcessIdentity;
  /** The lab kernel's process, which leads a process group of its own. */
  readonly kernel: ProcessIdentity | null;
}

/** A process id alone may be somebody else's tomorrow; together with the start time it may not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the machine's boot. */
  readonly startedAt: number;
}

const leaseFolder = (): string => join(cacheFolder(), 'sessions');
const leaseFile = (session: string): string => join(leaseFolder(), `${session}.json`);

export function writeLease(lease: Lease): void {
  mkdirSync(leaseFolder(), { recursive: true });
  const file = leaseFile(lease.session);
  writeWhole(file, JSON.stringify(lease));
}

export const dropLease = (session: string): void => rmSync(leaseFile(session), { force: true });

export function readLease(session: string): Lease | undefined {
  try {
    return JSON.parse(readFileSync(leaseFile(session), 'utf8')) as Lease;
  } catch {
    return undefined;
  }
}

/** All leases on this machine and user, of living and dead owners. */
export function allLeases(): Lease[] {
  let files: string[];
  try {
    files = readdirSync(leaseFolder());
  } catch {
    return [];
  }
  const sessions = files.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  return sessions.flatMap((session) => readLease(session) ?? []);
}

/** @returns undefined when there is no such process */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  return fields && { pid, startedAt: Number(fields[19]) };
}

/** Whether its process id is still its own, which it is as a zombie, too. */
export const isListed = ({ pid, startedAt }: ProcessIdentity): boolean => identityOf(pid)?.startedAt === startedAt;

/** A dead process may stay listed: many containers have nobody who takes notice of orphans. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  // Read once: it may end between two looks.
  const fields = statFields(pid);
  return fields !== undefined && Number(fields[19]) === startedAt && fields[0] !== 'Z';
}

/**
 * Of `/proc/PID/stat`, from the state (field 3) on: what comes before includes the name, which may hold blanks.
 * Undefined when there is no such process.
 */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
