/** One writer at a time, for files that are read, changed and written again. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.js';
import { badInput, messageOf } from '../base/errors.js';

const withinSeconds = 20;
const everySeconds = 0.05;

/**
 * Does something while nobody else does with the same file.
 * @throws HarnessError `bad-input` when somebody alive keeps the file for too long
 */
export async function whileAlone<T>(file: string, clock: Clock, act: () => T): Promise<T> {
  const lock = `${file}.lock`;
  try {
    mkdirSync(dirname(lock), { recursive: true });
  } catch (error) {
    throw badInput(`Expected a file that can be written, got ${file}: ${messageOf(error)}`, error);
  }
  for (const begin = clock.now(); !taken(lock); ) {
    if (clock.now() - begin > withinSeconds) {
      throw badInput(`${file}: expected a file that nobody writes to, got ${lock} for ${withinSeconds} s; remove it`);
    }
    await clock.sleepUntil(clock.now() + everySeconds);
  }
  try {
    return act();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock: string): boolean {
  try {
    const file = openSync(lock, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isLeftOver(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** Of a process that died while it held it. */
function isLeftOver(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (!(pid > 0)) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
