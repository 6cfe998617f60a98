/** The built command line, as a person or a CI server runs it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explorationSchema } from '../../harness/explore/folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/harness/cli/main.js');
const file = 'test/explore/shaken.ts';
let top: string;

beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'cli-test-'));
});
afterAll(() => rmSync(top, { recursive: true }));

const rsplab = (...args: string[]) => execa('node', [main, ...args], { cwd: root, reject: false });
const folderIn = (out: string) => join(out, 'shaken', readdirSync(join(out, 'shaken'))[0]!);

describe('rsplab explore', { timeout: 90_000 }, () => {
  it('killed, goes on; prints what it found with commands that fail again, and exits with 1', async () => {
    const out = join(top, 'killed');
    const first = execa('node', [main, 'explore', file, '--on', 'sim', '--seeds', '6', '--out', out], {
      ...{ cwd: root, reject: false },
    });
    for await (const line of first.iterable({ from: 'stderr' }))
      if (/ [2-5] of 6 seeds/.test(line)) first.kill('SIGKILL');
    expect((await first).signal).toBe('SIGKILL');
    const folder = folderIn(out);
    const resumed = await rsplab('explore', '--resume', folder, '--jobs', '1');
    expect(resumed.stderr).toMatch(/[1-5] seeds tried already/);
    expect([resumed.exitCode, resumed.stdout]).toEqual([1, expect.stringContaining('6 seeds on sim')]);
    const replay = /^ {2}Again: rsplab (.*)$/m.exec(resumed.stdout)![1]!;
    const again = await rsplab(...replay.split(' '), '--out', join(top, 'replayed'));
    expect(again.exitCode).toBe(1);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('powerOff on poolElement');
  });

  it('ends with its results so far at the first Ctrl-C, and says how to go on', async () => {
    const out = join(top, 'interrupted');
    const args = [main, 'explore', file, '--on', 'sim', '--for', '10min', '--jobs', '1', '--out', out, '--json'];
    const child = execa('node', args, { cwd: root, reject: false });
    for await (const line of child.iterable({ from: 'stderr' }))
      if (/ [2-9] seeds tried/.test(line)) child.kill('SIGINT');
    const { exitCode, stdout } = await child;
    const { folder, ...exploration } = JSON.parse(stdout);
    expect(explorationSchema.parse(exploration).state).toBe('interrupted');
    expect([exitCode, folder]).toEqual([exploration.tried.failed > 0 ? 1 : 3, folderIn(out)]);
  });

  it('exits with 3 when no run could be judged', async () => {
    // Seed 6 has no failover, so one of the checks says nothing.
    const args = ['--on', 'sim', '--seed', '6', '--seeds', '1', '--out', join(top, 'calm')];
    const { exitCode, stdout } = await rsplab('explore', file, ...args);
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining('Unknown')]);
  });

  it.each([
    [[], 'expected an experiment’s file, or --resume'],
    [[file, '--seeds', '3', '--for', '1h'], 'expected either --seeds or --for, got both'],
    [[file, '--for', 'ever'], "--for: expected a time such as 30min or 8h, got 'ever'"],
    [[file, '--seeds', '0'], "--seeds: expected a whole number of at least 1, got '0'"],
    [['plan.json'], 'expected an experiment, whose faults follow from the seed, got the stored plan plan.json'],
    [['--resume', 'test'], 'Expected an exploration’s folder, got test, which has no exploration.json'],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const { exitCode, stderr } = await rsplab('explore', ...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });
});
