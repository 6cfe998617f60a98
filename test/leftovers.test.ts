/** That what a suite leaves behind would be found. */
import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { processesIn, staleLocks } from './leftovers.js';
import { temporaryFolder } from './temporary.js';

test('processes are told by their temporary folder, whoever started them', async () => {
  const home = temporaryFolder();
  const sleeper = execa('sleep', ['60'], { env: { TMPDIR: home }, reject: false, detached: true });
  try {
    // The parent of this one is not the suite, but a shell that has ended.
    const { stdout } = await execa('sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!'], { env: { TMPDIR: home } });
    await expect.poll(() => processesIn(home)).toEqual([`process ${stdout}: sleep 60 `]);
    process.kill(Number(stdout));
    await expect.poll(() => processesIn(home)).toEqual([]);
  } finally {
    sleeper.kill('SIGKILL');
    await sleeper;
  }
});

test('a lock that nobody touches is left over, one that is held is not', () => {
  const cache = temporaryFolder();
  for (const name of ['setup.lock', 'held.lock']) mkdirSync(join(cache, name));
  utimesSync(join(cache, 'setup.lock'), 0, 0);
  expect(staleLocks(cache)).toEqual([join(cache, 'setup.lock')]);
});
