/** Before all tests in virtual time: makes the machine's snapshot, so that two that start at once need not both do it. */
import { snapshotFor } from '../../dist/harness/lab/virtual/snapshot.js';
import { probeVirtual } from '../../harness/lab/probe.js';
import { virtualFingerprint } from '../../harness/lab/virtual/fingerprint.js';
import { machineSetting } from './virtual-machine.js';

export async function setup(): Promise<void> {
  if ((await probeVirtual()).length > 0) return;
  const { hash } = virtualFingerprint(machineSetting);
  await snapshotFor({ hash, setting: machineSetting, say: (line) => console.log(line) });
}
