/** A snapshot that was damaged on the disk is made anew, with a word, and the run is the same. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { cacheFolder } from '../../harness/base/cache.js';
import { virtualFingerprint } from '../../harness/lab/virtual/fingerprint.js';
import { labTest, labWorks } from './available.js';
import { runExperiment } from './rsplab.js';
import { promisedFiles } from './same-files.js';
import { machineSetting } from './virtual-machine.js';

const brief = ['--set', 'measure=2', '--set', 'warmUp=0.5', '--set', 'drain=0.5'];
const runBriefly = () => runExperiment('test/lab/experiments/small.ts', ...brief);

function overwrite(file: string): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, 64 * 2 ** 20);
  closeSync(handle);
}

describe('a snapshot', () => {
  let cache: string;
  let snapshot: string;
  let files: Record<string, string>;
  beforeAll(async () => {
    if (!labWorks) return;
    ({ cache, snapshot } = await ownCache());
    vi.stubEnv('RSPLAB_CACHE', cache);
    const whole = await runBriefly();
    expect(whole.said).not.toContain('its snapshot');
    files = promisedFiles(whole.folder);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    if (cache) rmSync(cache, { recursive: true, force: true });
  });

  labTest('whose memory was written over is made anew, with a word, and the run is the same', async () => {
    overwrite(join(snapshot, 'memory'));
    const run = await runBriefly();
    expect(run.said).toMatch(/its snapshot is damaged; it is made/);
    expect(promisedFiles(run.folder)).toEqual(files);
    // Nothing half made lies beside it, of this or of a process that was killed.
    expect(readdirSync(join(cache, 'virtual'))).toEqual([basename(snapshot)]);
  });
});

/** A cache with a copy of the machine's snapshot, of which only the parts in use take room; all else is the real one's. */
async function ownCache(): Promise<{ cache: string; snapshot: string }> {
  const real = cacheFolder();
  const cache = mkdtempSync(join(tmpdir(), 'cache-test-'));
  for (const name of existsSync(real) ? readdirSync(real) : []) {
    if (!['sessions', 'virtual'].includes(name)) symlinkSync(join(real, name), join(cache, name));
  }
  mkdirSync(join(cache, 'virtual'));
  const { hash } = virtualFingerprint(machineSetting);
  const options = ['--recursive', '--preserve=timestamps', '--sparse=always', '--reflink=auto'];
  await execa('cp', [...options, join(real, 'virtual', hash), join(cache, 'virtual')]);
  // No process has this number, which is above the highest.
  mkdirSync(join(cache, 'virtual', `${hash}.new-4194305-half`));
  return { cache, snapshot: join(cache, 'virtual', hash) };
}
