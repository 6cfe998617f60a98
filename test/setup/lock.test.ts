import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../../harness/setup/lock.mjs';

let top: string;
let lock: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'lock-test-'));
  lock = join(top, 'cache', 'lock');
});
afterEach(() => rmSync(top, { recursive: true }));

it('lets one at a time in, and tells the other that it waits', async () => {
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} in`);
    await sleep(50);
    log.push(`${name} out`);
  };
  await Promise.all([
    withLock(lock, job('a'), { every: 10 }),
    withLock(lock, job('b'), { every: 10, onWait: () => log.push('b waits') }),
  ]);
  expect(log).toEqual(['a in', 'b waits', 'a out', 'b in', 'b out']);
});

it('is free again after a failure, which it passes on', async () => {
  const failing = withLock(lock, async () => {
    throw new Error('no network');
  });
  await expect(failing).rejects.toThrow('no network');
  expect(existsSync(lock)).toBe(false);
});

it('takes over from a holder that died', async () => {
  mkdirSync(lock, { recursive: true });
  utimesSync(lock, 0, 0);
  expect(await withLock(lock, async () => 'taken', { every: 10 })).toBe('taken');
});

it('is kept by a holder that lives longer than a dead one is waited for', async () => {
  const log: string[] = [];
  const long = withLock(lock, () => sleep(600).then(() => log.push('long')), { every: 50, staleAfter: 400 });
  const short = withLock(lock, async () => log.push('short'), { every: 50, staleAfter: 400 });
  await Promise.all([long, short]);
  expect(log).toEqual(['long', 'short']);
});
