/** The built command line as a process of its own, as scripts and CI see it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { summarySchema } from '../../harness/result/summary.js';
import { readJournal } from '../../harness/run/journal.js';
import { temporaryFolder } from '../temporary.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/harness/cli/main.js');
const shipped = 'experiments/element-power-off.ts';
let top: string;

beforeAll(() => {
  top = temporaryFolder();
});

const rsplab = (...args: string[]) =>
  // A cache of its own: no lab is prepared there, and no other session is seen.
  execa('node', [main, ...args], { cwd: root, reject: false, env: { RSPLAB_CACHE: join(top, 'cache') } });

/** Writes an experiment that differs from a good one by these parts, and returns its file. */
function experimentFile(name: string, parts: Record<string, string> = {}): string {
  const all = {
    name: `'${name}'`,
    topology: 'dualHomed({ elements: 2, users: 2 })',
    deploy: `() => ({ registrars: r.registrar(), elements: r.poolElement(), users })`,
    phases: '{ measure: r.s(20), drain: r.s(5) }',
    ...parts,
  };
  const file = join(top, `${name}.ts`);
  writeFileSync(
    file,
    `/** Does it? Expectation: it does. */
import * as r from '${root}harness/index.js';
import { dualHomed } from '${root}topologies/dual-homed.js';
const users = r.poolUser({ requestInterval: r.exponential(r.s(2)), requestSize: r.exponential(1e5) });
export default r.experiment({ ${Object.entries(all)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')} });
`,
  );
  return file;
}

const other = (name: string, text: string): string => {
  const file = join(top, name);
  writeFileSync(file, text);
  return file;
};

describe.concurrent('bad input is one sentence and exit code 2, and nothing was started', () => {
  const element = (options: string) =>
    `() => ({ registrars: r.registrar(), elements: r.poolElement(${options}), users })`;

  it.for<[string, () => string[], RegExp]>([
    ['an unknown file', () => ['nowhere.ts'], /Expected an experiment's file, got nowhere\.ts, which does not exist/],
    [
      'no default export',
      () => [other('bare.ts', 'export const a = 1;')],
      /bare\.ts: expected an experiment as default export/,
    ],
    [
      'a syntax error',
      () => [other('syntax.ts', 'export default {')],
      /syntax\.ts: expected a file that loads, got: .*ERROR/,
    ],
    ['no file', () => [], /missing required argument 'file'/],
    ['an unknown option', () => [shipped, '--sede', '1'], /unknown option '--sede'/],
    ['an unknown subject', () => [shipped, '--on', 'moon'], /--on: expected one of .*sim.*, got 'moon'/],
    [
      'an unknown name to set',
      () => [shipped, '--set', 'keepalive=1'],
      /--set: expected one of keepAlive, settle, warmUp, measure, drain, got 'keepalive'/,
    ],
    ['a seed that is no number', () => [shipped, '--seed', 'x'], /--seed: expected a whole number, got 'x'/],
    ['an empty seed', () => [shipped, '--seed', ''], /--seed: expected a whole number, got ''/],
    [
      'a folder that cannot be made',
      () => [shipped, '--on', 'sim', '--out', join(other('file', ''), 'x')],
      /Expected a folder for results that can be made/,
    ],
    [
      'a wrong type',
      () => [experimentFile('type', { deploy: element(`{ capacity: '1e6' as never }`) })],
      /poolElement\.capacity: expected number, got "1e6"/,
    ],
    [
      'an unknown option of a role',
      () => [experimentFile('option', { deploy: element('{ speed: 1 } as never') })],
      /poolElement: unknown option 'speed'/,
    ],
    [
      'capacity 0',
      () => [experimentFile('capacity', { deploy: element('{ capacity: 0 }') })],
      /poolElement\.capacity: expected more than 0, got 0/,
    ],
    [
      'a negative delay',
      () => [experimentFile('delay', { topology: 'dualHomed({ delay: r.ms(-10) })' })],
      /delay: expected at least 0, got -0\.01/,
    ],
    [
      'overlapping networks',
      () => [
        experimentFile('overlap', {
          topology:
            "r.topology({ name: 't', networks: { a: r.network('10.0.0.0/8'), b: r.network('10.1.0.0/16') }, hosts: {} })",
        }),
      ],
      /networks 'a' \(10\.0\.0\.0\/8\) and 'b' \(10\.1\.0\.0\/16\) overlap/,
    ],
    [
      'a fault that the subject cannot do',
      () => [
        experimentFile('fault', { model: "'rspsim'", faults: "[r.at(r.s(1), r.kill(r.all('users')))]" }),
        '--on',
        'sim',
      ],
      /knows failures, shutdowns and powerOffs, got kill/,
    ],
    // Where the lab itself is not there, that is said first.
    [
      'a keep-alive under 100 ms',
      () => [experimentFile('keepalive', { deploy: element('{ keepAlive: r.ms(50) }') }), '--on', 'netns'],
      /expected at least 100 ms, which RSPLIB silently raises|this machine lacks/,
    ],
    // The cache is empty, so at least the lab kernel's modules are missing.
    ['a missing tool', () => [shipped, '--on', 'uml'], /--on uml: this machine lacks .*see rsplab doctor/],
  ])('%s', async ([what, args, message], { expect }) => {
    const out = join(top, `out of ${what}`);
    const given = args();
    const { exitCode, stderr, stdout } = await rsplab(
      'run',
      ...given,
      ...(given.includes('--out') ? [] : ['--out', out]),
    );
    expect(stderr).toMatch(/^rsplab: [^\n]*$/);
    expect(stderr).toMatch(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(existsSync(out)).toBe(false);
    expect(existsSync(join(top, 'cache/sessions'))).toBe(false);
  });

  it('an unknown command, and none', async ({ expect }) => {
    const unknown = await rsplab('frobnicate');
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, "rsplab: unknown command 'frobnicate'"]);
    const none = await rsplab();
    expect([none.exitCode, none.stdout]).toEqual([2, '']);
    expect(none.stderr).toMatch(/^Usage: rsplab /);
  });
});

describe('help', () => {
  it.each([
    ['sim', /--on: expected a lab, got 'sim', which has no instruments$/],
    ['moon', /--on: expected one of .*, got 'moon'$/],
  ])('calibrates nothing on %s', async (on, message) => {
    const { exitCode, stdout, stderr } = await rsplab('calibrate', '--on', on);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it.each([['--help'], ['run', '--help'], ['--version']])('%s is no error', async (...args) => {
    const { exitCode, stdout, stderr } = await rsplab(...args);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: rsplab|^\d+\.\d+\.\d+$/);
  });
});

describe('a run in the simulator', () => {
  const simulated = (out: string, ...args: string[]) =>
    rsplab('run', shipped, '--on', 'sim', '--out', join(top, out), '--set', 'keepAlive=1', ...args);
  /** By the run in the folder `a`. */
  let printed: string;

  it('prints a summary that is the same for the same seed, and another one for another', async () => {
    const runs = await Promise.all([
      simulated('a', '--json'),
      simulated('b', '--json'),
      simulated('c', '--json', '--seed', '2'),
    ]);
    printed = runs[0]!.stdout;
    const [first, again, another] = runs.map(({ stdout }) => summarySchema.parse(JSON.parse(stdout)));
    expect(again).toEqual(first);
    expect(another!.delays).not.toEqual(first!.delays);
    expect(first).toMatchObject({ on: 'sim', clock: 'simulated', seed: 1, point: { keepAlive: 1 }, reasons: [] });
    expect(runs.map(({ exitCode }) => exitCode)).toEqual(
      [first, again, another].map((it) => (it!.verdict === 'pass' ? 0 : it!.verdict === 'fail' ? 1 : 3)),
    );
  });

  it('leaves a folder that can be read: plan, journal, tables, summary', () => {
    const runs = readdirSync(join(top, 'a/element-power-off'));
    expect(runs).toEqual([expect.stringMatching(/^\d{8}-\d{6}-[0-9a-f]{6}$/)]);
    const folder = join(top, 'a/element-power-off', runs[0]!);
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['events.ndjson', 'failovers.csv', 'logs', 'plan.json', 'requests.csv', 'summary.json']),
    );
    expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toEqual(JSON.parse(printed));
    const phases = readJournal(folder).flatMap((event) => (event.event === 'phase' ? [event.phase] : []));
    expect(phases).toEqual(['settle', 'warmUp', 'measure', 'drain', 'end']);
  });

  it('shows people a table with the question, the verdict, and how to run it again', async () => {
    const { stdout } = await simulated('table');
    expect(stdout).toContain('How long does a request stall when its pool element goes silent?');
    expect(stdout).toMatch(/^Verdict: (pass|fail|unknown)$/m);
    expect(stdout).toMatch(
      /^Again: {3}rsplab run experiments\/element-power-off\.ts --on sim --seed 1 --set keepAlive=1 /m,
    );
  });

  it.each([
    ['pass', 0, '[r.noRequestLost()]'],
    ['fail', 1, '[r.noRequestLost(), r.handlingTime({ maxBelow: r.ms(0.001) })]'],
    ['unknown', 3, '[r.noRequestLost(), r.failoverDelay({ maxBelow: r.s(1) })]'],
  ])('whose verdict is %s ends with exit code %i', async (verdict, code, checks) => {
    const { exitCode, stdout } = await rsplab(
      ...[
        'run',
        experimentFile(`verdict-${verdict}`, { checks }),
        '--on',
        'sim',
        '--json',
        '--out',
        join(top, 'verdicts'),
      ],
    );
    expect(JSON.parse(stdout).verdict).toBe(verdict);
    expect(exitCode).toBe(code);
  });
});

describe('the list', () => {
  it('names every experiment with its question', async () => {
    const { exitCode, stdout } = await rsplab('list', '--json');
    expect(exitCode).toBe(0);
    const entries = JSON.parse(stdout) as { file: string; name: string; question: string | null }[];
    expect(entries.map(({ name }) => name)).not.toContain('(does not load)');
    expect(entries.find(({ file }) => file === shipped)?.question).toMatch(/^How long .*\?$/);
  });

  it('says of a file that does not load why, and lists the others', async () => {
    const folder = mkdtempSync(join(top, 'list-'));
    writeFileSync(join(folder, 'broken.ts'), 'export default 5;');
    const { exitCode, stdout } = await rsplab('list', folder);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('expected an experiment as default export');
    const none = await rsplab('list', join(folder, 'none'));
    expect([none.exitCode, none.stderr.split('\n').length]).toEqual([2, 1]);
  });
});

it('cleaning finds nothing where nothing was left', async () => {
  const { exitCode, stdout } = await rsplab('clean');
  expect([exitCode, stdout]).toEqual([0, 'nothing to clean']);
});
