/** The same plan and seed leave the same files, byte for byte: on a busy machine, from a snapshot or from a boot. */
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect } from 'vitest';
import { labTest, labWorks } from './available.js';
import { expectSound, type RealRun, runExperiment } from './rsplab.js';
import { promisedFiles } from './same-files.js';

const small = 'test/lab/experiments/small.ts';

/** Computes while something is done, beside all other tests. The loop ends by itself should nobody be left to end it. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const loop = 'const end = Date.now() + 300e3; while (Date.now() < end);';
  const computing = execa('node', ['-e', loop], { reject: false });
  try {
    return await work();
  } finally {
    computing.kill('SIGKILL');
    await computing;
  }
}

describe('of the same plan and seed', () => {
  let first: RealRun;
  let files: Record<string, string>;
  beforeAll(async () => {
    if (!labWorks) return;
    first = await runExperiment(small);
    files = promisedFiles(first.folder);
  });

  labTest('a run shows enough: faults, failovers, losses, and all kinds of files', () => {
    expectSound(first);
    expect(first.summary.faults.map(({ kind }) => kind)).toEqual(['impair', 'powerOff']);
    expect(first.summary.requests.completed).toBeGreaterThan(3);
    expect(first.failovers.length).toBeGreaterThan(0);
    const logs = ['dumpcap.log', 'pr1.log', 'pr1.stats', 'pe1.log', 'pe2.vec', 'pu1.log', 'pu2.vec', 'pu2.sca'];
    const tables = ['requests', 'failovers', 'keepalives', 'registrars', 'rehomings', 'resolutions', 'takeovers'];
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        ...['capture.pcapng', 'events.ndjson', 'plan.json', 'summary.json', 'wire.json'],
        ...tables.map((name) => `${name}.csv`),
        ...logs.map((name) => `logs/${name}`),
      ]),
    );
  });

  labTest('all files are the same while other programs compute', async () => {
    const busy = await whileBusy(() => runExperiment(small));
    expect(promisedFiles(busy.folder)).toEqual(files);
    // They are two runs, and the machine tells so.
    expect(busy.folder).not.toBe(first.folder);
    expect(busy.summary.machine!.wallSeconds).not.toBe(first.summary.machine!.wallSeconds);
    expect(busy.summary.machine!.fingerprint).toBe(first.summary.machine!.fingerprint);
  });

  labTest('all files are the same without a snapshot, from a boot, and of the plan that was stored', async () => {
    const again = promisedFiles((await runExperiment(join(first.folder, 'plan.json'), '--no-snapshot')).folder);
    // These two tell where the plan was read from.
    const { 'plan.json': _, 'summary.json': __, ...rest } = files;
    expect(again).toMatchObject(rest);
  });

  labTest('another seed leaves another capture, and other chance in RSPLIB and the kernel', async () => {
    const other = await runExperiment(small, '--seed', '2');
    expectSound(other);
    const others = promisedFiles(other.folder);
    const differ = ['capture.pcapng', 'events.ndjson', 'requests.csv', 'logs/pu1.vec'];
    for (const name of differ) expect(others[name], name).not.toBe(files[name]);
  });
});
