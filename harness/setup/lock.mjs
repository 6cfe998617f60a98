import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while holding a lock: a folder that its holder touches every second. One that was not touched for 15 s
 * was left by a set-up that died. The lock saves double work only; what a set-up makes appears by renaming.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, staleAfter?: number, every?: number }} [options] milliseconds
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, { onWait, staleAfter = 15_000, every = 1000 } = {}) {
  mkdirSync(dirname(folder), { recursive: true });
  for (let waited = false; !take(folder, staleAfter); waited = true) {
    if (!waited) onWait?.();
    await sleep(Math.min(every, 200));
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  const beat = setInterval(() => touch(folder), every);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

/**
 * @param {string} folder
 * @param {number} staleAfter
 */
function take(folder, staleAfter) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > staleAfter) discard(folder);
  return false;
}

/**
 * Renaming first lets only one of several waiters succeed.
 * @param {string} folder
 */
function discard(folder) {
  const aside = `${folder}.stale-${process.pid}`;
  try {
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch {
    // Another waiter was faster.
  }
}

/** @param {string} folder */
function touch(folder) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // Somebody removed the lock by hand; nothing to keep alive.
  }
}
