import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { codeOf, messageOf } from '../../harness/base/errors.js';
import { figuresCommand } from '../../harness/cli/figures.js';
import { sweepCommand } from '../../harness/cli/sweep.js';
import { temporaryFolder } from '../temporary.js';
import { rowsOf, runsOf, tableOf } from './sweeps.js';

const main = new URL('../../dist/harness/cli/main.js', import.meta.url).pathname;
// 8 points with 25 runs each, of some milliseconds.
const words = ['experiments/fig08-clean-shutdowns.ts', '--replications', '25', '--jobs', '2'];
const grid = ['--set', 'policy=LeastUsed,Random', '--set', 'keepAlive=1,10', '--set', 'clean=0,0.5'];
const runs = 8 * 25;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

function endOf(child: ChildProcess): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]!.on('data', (data) => (text[name] += data));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}

const rsplab = (...args: string[]) => endOf(start(...args));

const sweepIn = (out: string): string | undefined => {
  const folder = join(out, 'fig08-clean-shutdowns');
  const [id] = existsSync(folder) ? readdirSync(folder) : [];
  return id && join(folder, id);
};

function linesOf(folder: string | undefined): string[] {
  const path = folder && join(folder, 'ledger.ndjson');
  return path && existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

/** Lets the sweep come so far, then sends the signal. */
async function interruptAt(lines: number, out: string, child: ChildProcess, signal: NodeJS.Signals): Promise<Ended> {
  const ended = endOf(child);
  while (linesOf(sweepIn(out)).length < lines && child.exitCode === null) await sleep(5);
  child.kill(signal);
  return ended;
}

describe('rsplab sweep', { timeout: 180_000 }, () => {
  test('killed twice and resumed, gives the table of a sweep that was left in peace', async () => {
    const [killed, quiet] = [temporaryFolder(), temporaryFolder()];
    const first = start('sweep', ...words, ...grid, '--out', killed);
    expect((await interruptAt(10, killed, first, 'SIGKILL')).code).toBe(null);
    const folder = sweepIn(killed)!;
    const before = linesOf(folder);
    expect(before.length).toBeGreaterThanOrEqual(10);
    expect(before.length).toBeLessThan(runs);
    expect(existsSync(join(folder, 'table.csv'))).toBe(false);

    const second = start('sweep', ...words, '--resume', '--out', killed);
    await interruptAt(before.length + 10, killed, second, 'SIGKILL');
    const resumed = await rsplab('sweep', '--resume', folder);
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('of them done already') });

    const lines = linesOf(folder);
    expect(lines.slice(0, before.length)).toEqual(before);
    expect(lines).toHaveLength(runs);
    expect((await rsplab('sweep', ...words, ...grid, '--out', quiet, '--jobs', '3')).code).toBe(0);
    expect(tableOf(folder)).toBe(tableOf(sweepIn(quiet)!));
    expect(runsOf(folder)).toBe(runsOf(sweepIn(quiet)!));
  });

  test('interrupted, says how to go on and exits 3', async () => {
    const out = temporaryFolder();
    const child = start('sweep', ...words, ...grid, '--out', out);
    const { code, stderr } = await interruptAt(5, out, child, 'SIGINT');
    expect(stderr).toContain(`--resume ${sweepIn(out)}`);
    expect(code).toBe(3);
  });

  test('with a failing point finishes the others, names it and exits 3, as nothing is known of it', async () => {
    const out = temporaryFolder();
    const set = ['--set', 'policy=Random', '--set', 'delay=20ms,2s', '--replications', '2'];
    const { code, stdout } = await rsplab('sweep', 'test/sweep/small.ts', ...set, '--out', out);
    expect(stdout).toMatch(/Failed: policy Random, delay 2: small: the model 'rspsim' needs timeouts above/);
    expect(code).toBe(3);
    const [id] = readdirSync(join(out, 'small'));
    expect(rowsOf(runsOf(join(out, 'small', id!)))).toHaveLength(2);
  });

  test.each([
    [['sweep'], /expected an experiment’s file, or --resume with a sweep’s folder, got neither/],
    [['sweep', 'no.ts'], /Expected an experiment's file, got no.ts, which does not exist/],
    [['sweep', words[0]!, '--replications', '0'], /--replications: expected a whole number of at least 1, got '0'/],
    [['sweep', words[0]!, '--jobs', 'many'], /--jobs: expected a whole number of at least 1, got 'many'/],
    [['sweep', words[0]!, '--seed', ''], /--seed: expected a whole number, got ''/],
    [['sweep', words[0]!, '--on', 'moon'], /--on: expected one of .*sim.*, got 'moon'/],
    [['sweep', words[0]!, '--set', 'colour=red'], /--set: expected one of variant, .*, got 'colour'/],
    [['sweep', words[0]!, '--set', 'clean=0,lots'], /--set clean: expected a number such as 0, got 'lots'/],
    [['sweep', words[0]!, '--set', 'clean=0,'], /--set clean: expected a number such as 0, got ''/],
    [['sweep', words[0]!, '--set', 'clean=0,7'], /cleanShutdownProbability: expected at most 1, got 7/],
    [['sweep', words[0]!, '--set', 'variant=other'], /variant: expected one of script, paper, got 'other'/],
    [['sweep', words[0]!, '--resume', '/nowhere'], /--resume: expected a sweep's folder, got \/nowhere/],
    [['figures', '6'], /figures: expected some of 7, 8, 9, 10, 11, 12, 13, 14, attack-reports-by-rate, .*, got '6'/],
    [['figures', '--variant', 'other'], /--variant: expected one of script, paper, got 'other'/],
  ])('%j is refused in one sentence, before anything starts', async ([command, ...args], sentence) => {
    const out = temporaryFolder();
    const make = command === 'sweep' ? sweepCommand : figuresCommand;
    const refused = await make()
      .exitOverride()
      .parseAsync([...args, '--out', out], { from: 'user' })
      .then(
        () => null,
        (error: unknown) => error,
      );
    expect(codeOf(refused)).toBe('bad-input');
    expect(messageOf(refused)).toMatch(sentence);
    expect(messageOf(refused)).not.toContain('\n');
    expect(readdirSync(out)).toEqual([]);
  });

  test('bad input exits 2 with that sentence alone', async () => {
    const { code, stdout, stderr } = await rsplab('sweep', words[0]!, '--set', 'variant=other');
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: "rsplab: variant: expected one of script, paper, got 'other'\n",
    });
  });
});
