/**
 * The suite leaves nothing behind. It gets a temporary folder of its own, and in the end nothing may be left in it;
 * processes are told by that folder in their environment, so that other suites on this machine are never taken for it.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../harness/base/cache.js';
import { allLeases, isAlive } from '../harness/lab/lease.js';

/** What the tools that run the tests keep among temporary files: the loader of TypeScript, the browser, Node.js. */
const ofTools = /^(tsx-\d+|node-compile-cache|playwright.*|\.?(org\.chromium|com\.google)\..*)$/;
/** A set-up's lock is touched every second. */
const staleAfterSeconds = 15;
const graceSeconds = 5;

/** For vitest, which calls it once for each of its projects. */
export default function leaveNothing(): (() => Promise<void>) | undefined {
  if (process.env.RSPLAB_TEST_HOME) return undefined;
  const usual = tmpdir();
  // A short name: sockets have it in theirs.
  const home = mkdtempSync(join(usual, 'rt-'));
  Object.assign(process.env, { TMPDIR: home, RSPLAB_TEST_HOME: home });
  const before = new Set(tracesOnMachine());
  return async () => {
    for (let tries = 0; processesIn(home).length > 0 && tries < 10 * graceSeconds; tries++) await sleep(100);
    const left = [
      ...readdirSync(home)
        .filter((name) => !ofTools.test(name))
        .map((name) => `folder or file ${join(home, name)}`),
      ...processesIn(home),
      ...tracesOnMachine().filter((trace) => !before.has(trace)),
    ];
    rmSync(home, { recursive: true, force: true });
    if (left.length === 0) return;
    // Vitest only tells what goes wrong here.
    process.exitCode = 1;
    throw new Error(`The tests left behind:\n${left.join('\n')}`);
  };
}

/** What dead runs and set-ups of ours have left where all of them work: whoever lives cleans up by himself. */
export function tracesOnMachine(): string[] {
  const leases = allLeases();
  const living = leases.filter(({ owner }) => isAlive(owner)).map(({ session }) => session);
  const dead = leases.filter(({ session }) => !living.includes(session)).map(({ session }) => `lease of ${session}`);
  const namespaces = namesIn('/run/netns')
    .filter((name) => name.startsWith('rsplab-') && !living.some((session) => name.includes(session)))
    .map((name) => `network namespace ${name}`);
  return [...dead, ...namespaces, ...staleLocks(cacheFolder()).map((lock) => `lock ${lock}`)];
}

/** Locks in a cache folder that nobody holds any more. */
export function staleLocks(cache: string): string[] {
  const oldest = Date.now() - 1e3 * staleAfterSeconds;
  return namesIn(cache)
    .filter((name) => name.endsWith('.lock'))
    .map((name) => join(cache, name))
    .filter((lock) => (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < oldest);
}

/** Processes with that temporary folder in their environment, but for this one and those that it runs tests with. */
export function processesIn(home: string): string[] {
  const entry = `TMPDIR=${home}\0`;
  return namesIn('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid || parentOf(pid) === process.pid) return [];
    if (!read(`/proc/${pid}/environ`).includes(entry)) return [];
    return [`process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`];
  });
}

const parentOf = (pid: string): number => {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Nothing of what is gone, or belongs to somebody else. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
