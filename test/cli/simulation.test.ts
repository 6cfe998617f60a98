/** Long simulations can be watched and stopped. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { summarySchema } from '../../harness/result/summary.js';
import { temporaryFolder } from '../temporary.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/harness/cli/main.js');
const shipped = 'experiments/element-power-off.ts';
const year = ['--set', 'measure=8760h'];
const timeout = 120_000;

/** Starts a simulation, and lets `then` act once it says that much. */
async function simulated(out: string, words: RegExp, then: (kill: () => void) => void, ...args: string[]) {
  const child = execa('node', [main, 'run', shipped, '--on', 'sim', '--out', out, ...args], {
    cwd: root,
    reject: false,
  });
  let said = '';
  let killedAt = Number.NaN;
  let acted = false;
  child.stderr.on('data', (data) => {
    said += data;
    if (acted || !words.test(said)) return;
    acted = true;
    then(() => {
      killedAt = performance.now();
      child.kill('SIGINT');
    });
  });
  const { exitCode, stdout, stderr } = await child;
  return { exitCode, stdout, stderr, seconds: (performance.now() - killedAt) / 1e3 };
}

describe('a simulation of a year', { timeout }, () => {
  it('is refused before anything starts, with what it would take and how to go on', async () => {
    const out = temporaryFolder();
    const { exitCode, stderr } = await simulated(out, /never/, () => {}, ...year);
    expect(stderr).toMatch(
      /^rsplab: .*expected at most .* of computing, .*iB of memory and .*iB of files, got about .* for .* events .*--any-size.*$/,
    );
    expect(exitCode).toBe(2);
    expect(readdirSync(out)).toEqual([]);
  });

  it('tells how far it is, and ends at the first Ctrl-C with what there is', async () => {
    const out = temporaryFolder();
    const told = await simulated(out, /simulated .* left/, (kill) => kill(), ...year, '--any-size', '--json');
    expect(told.stderr).toMatch(/^ *simulated [\d.e-]+ % – about .* left$/m);
    const summary = summarySchema.parse(JSON.parse(told.stdout));
    expect(summary.verdict).toBe('unknown');
    expect(summary.reasons).toEqual([
      expect.stringMatching(/simulation was ended at|nothing of the simulation is kept/),
    ]);
    expect(told.exitCode).toBe(3);
    const [id] = readdirSync(join(out, 'element-power-off'));
    const folder = join(out, 'element-power-off', id!);
    expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toEqual(JSON.parse(told.stdout));
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    // The whole of it takes minutes.
    expect(told.seconds).toBeLessThan(30);
  });
});
