/**
 * How fast a capture is read, and with how much memory: repeats a recorded capture until it has a million packets, and
 * measures it as a run would be. Prints, asserts nothing. Run it with `npx tsx test/bench/dissection.ts [doublings]`.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { measure } from '../../harness/measure/measure.js';
import { captureOf, journalOf, recordingPlan } from '../measure/recordings.js';

const doublings = Number(process.argv[2] ?? 10);
const folder = await mkdtemp(join(tmpdir(), 'rsplab-bench-'));
try {
  const capture = await repeated('kill', doublings, folder);
  const plan = recordingPlan();
  const journal = await journalOf('kill');
  // The repetitions of the fault are not in the journal; their failovers are counted all the same.
  const before = performance.now();
  const { wire, failovers } = await measure({ plan, journal, capture, vectors: new Map(), capturedAt: 'sender' });
  const seconds = (performance.now() - before) / 1e3;
  const packets = wire?.packets ?? 0;
  const { maxRSS, userCPUTime } = process.resourceUsage();
  console.log(
    `file      ${((await stat(capture)).size / 1e6).toFixed(0)} MB, ${packets} packets, ${failovers.length} failovers`,
  );
  console.log(`time      ${seconds.toFixed(1)} s, ${Math.round(packets / seconds)} packets/s, tshark included`);
  console.log(`CPU here  ${(userCPUTime / 1e6).toFixed(1)} s without tshark`);
  console.log(`peak RSS  ${(maxRSS / 1024).toFixed(0)} MB without tshark`);
} finally {
  await rm(folder, { recursive: true });
}

/** A capture that holds a recording 2^doublings times, one after another. */
async function repeated(name: string, times: number, into: string): Promise<string> {
  const [whole, shifted, joined] = ['whole', 'shifted', 'joined'].map((part) => join(into, `${part}.pcapng`));
  await execa('editcap', [captureOf(name), whole!]);
  for (let doubling = 0; doubling < times; doubling += 1) {
    // So far apart that the same ports and tags are taken for associations of their own.
    await execa('editcap', ['-t', String(1000 * 2 ** doubling), whole!, shifted!]);
    await execa('mergecap', ['-a', '-w', joined!, whole!, shifted!]);
    await execa('mv', [joined!, whole!]);
  }
  return whole!;
}
