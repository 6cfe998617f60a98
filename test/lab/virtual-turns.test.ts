/**
 * What QEMU is asked while its machine runs wakes the thread that skips idle time, at moments that nobody chose. The
 * machine's time must not depend on them.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guestPackages } from '../../harness/base/guest-packages.js';
import { virtualFingerprint } from '../../harness/lab/virtual/fingerprint.js';
import { writeParcel } from '../../harness/lab/virtual/parcel.js';
import { goOn, startMachine } from '../../harness/lab/virtual/qemu.js';
import { snapshotFor } from '../../harness/lab/virtual/snapshot.js';
import { labTest } from './available.js';
import { machineSetting } from './virtual-machine.js';

/** Idles and computes in turn, and tells the time. */
const code = `
  import { setTimeout } from 'node:timers/promises';
  export const inside = async (input, host) => {
    for (let round = 0; round < 1500; round++) {
      await setTimeout(1 + (round % 3));
      for (let step = 0; step < (round % 40) * 10; step++);
      if (round % 50 === 0) host.tell(String(process.hrtime.bigint()));
    }
    return 0;
  };`;

/** @returns what the job told, and how often QEMU was asked something meanwhile */
async function times(asked: boolean): Promise<{ told: string[]; questions: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  const file = (name: string) => join(folder, name);
  try {
    writeParcel(file('parcel'), { order: { job: { code }, input: null, chance: '00' }, files: [] });
    writeFileSync(file('no-image'), '\n');
    const { hash } = virtualFingerprint(machineSetting);
    const { memory, state } = await snapshotFor({ hash, setting: machineSetting, say: () => {} });
    const { kernel } = guestPackages()!;
    const machine = await startMachine({
      files: {
        ...{ memory, kernel, image: file('no-image'), parcel: file('parcel') },
        ...{ line: file('line'), results: file('results') },
      },
      setting: machineSetting,
      folder,
      state,
    });
    await goOn(machine);
    let questions = 0;
    const ask = async (): Promise<void> => {
      for (; ; questions++) await machine.monitor.ask('info status');
    };
    if (asked) ask().catch(() => {});
    await machine.ended;
    return { told: readFileSync(file('line'), 'utf8').trim().split('\n'), questions };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

labTest('a machine’s time does not depend on when its threads are woken', async () => {
  const quiet = await times(false);
  const woken = await times(true);
  expect(quiet.told).toHaveLength(30);
  expect(woken.questions).toBeGreaterThan(1000);
  expect(woken.told).toEqual(quiet.told);
});
