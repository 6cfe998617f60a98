/** What is left of a run in containers that is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { dockerTest } from './available.js';
import { runInUml } from './kernel.js';
import { expectNothingLeft, startRun } from './leftovers.js';
import { commandLine, repository } from './rsplab.js';

/** Seconds after the start of a run, when it is killed. */
const moments = (count: number, longest: number) =>
  Array.from({ length: count }, () => Math.round(Math.random() * longest * 10) / 10);

interface Inventory {
  containers: string[];
  processes: number;
}

dockerTest('of runs on a running engine nothing is left after a SIGKILL, and what is not ours stays', async () => {
  // Three containers in two networks take about 30 s.
  const { kills } = await runInUml<{
    kills: { moment: number | null; before: Inventory; left: Inventory & { networks: string[] } }[];
  }>('docker-vanish', { commandLine, repository, moments: [...moments(2, 30), null] });
  for (const { left, moment, before } of kills) {
    expect(before.containers, `killed at ${moment} s`).toContain('/foreign');
    expect(left).toEqual({ containers: ['/foreign'], networks: ['foreign'], processes: 0 });
  }
  expect(kills.at(-1)!.before).toMatchObject({ processes: 3, containers: { length: 4 } });
});

describe('of a run in a lab kernel with an engine of its own nothing is left 5 s after a SIGKILL', () => {
  // From the boot of the kernel to the middle of the measurement: ready after 35 to 55 s, then 49 s of phases.
  dockerTest.each(moments(4, 80))('%d s after its start', async (seconds) => {
    const run = startRun('uml+docker');
    await sleep(seconds * 1000);
    await expectNothingLeft(run);
  });
});
