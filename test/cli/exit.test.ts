/** Only a judged run exits with 0 or 1; whatever else happens is 2 or 3, with one sentence. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/harness/cli/main.js');
let top: string;
beforeAll(() => {
  top = temporaryFolder();
  // Other than scripts of before, modules may wait at their top level.
  writeFileSync(join(top, 'package.json'), '{ "type": "module" }');
});

const rsplab = (...args: string[]) => execa('node', [main, ...args], { cwd: top, reject: false });
/** Under a limit of the shell's, e.g. `-n 24`. */
const limited = (limit: string, ...args: string[]) =>
  execa('bash', ['-c', `ulimit ${limit}; exec node "$@"`, '-', main, ...args], { cwd: top, reject: false });

/** An experiment that passes, with more at its head or in its description. */
function experimentFile(name: string, head = '', parts = ''): string {
  writeFileSync(
    join(top, `${name}.ts`),
    `import * as r from '${root}harness/index.js';
import { dualHomed } from '${root}topologies/dual-homed.js';
${head}
export default r.experiment({
  name: '${name}',
  topology: dualHomed({ elements: 2, users: 2 }),
  deploy: () => ({
    registrars: r.registrar(),
    elements: r.poolElement(),
    users: r.poolUser({ requestInterval: r.exponential(r.s(2)), requestSize: r.exponential(1e5) }),
  }),
  phases: { measure: r.s(20), drain: r.s(5) },
  checks: [r.noRequestLost()],
  ${parts}
});
`,
  );
  return `${name}.ts`;
}

const sentence = /^rsplab: [^\n]*$/;
/** Every command is a process that loads much; a machine may be busy with other things. */
const timeout = 120_000;

describe('an experiment’s file', { timeout }, () => {
  it.for<[string, string, RegExp]>([
    ['that ends the process', 'process.exit(0);', /expected a file that loads, got: a call of process\.exit\(0\)/],
    ['that never settles', 'await new Promise(() => {});', /got: a promise that nothing settles/],
  ])('%s is bad input', async ([what, head, message]) => {
    const file = experimentFile(what.replaceAll(' ', '-'), head);
    const { exitCode, stderr, stdout } = await rsplab('run', file, '--on', 'sim');
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('that ends the process later does not pass', async () => {
    const file = experimentFile('later', 'setTimeout(() => process.exit(0), 0);', 'margin: 0.1,');
    const { exitCode, stderr } = await rsplab('run', file, '--on', 'sim');
    expect(exitCode).toBeGreaterThanOrEqual(2);
    expect(stderr).toMatch(/^rsplab: [^\n]*(ended from within, with code 0|a call of process\.exit\(0\))[^\n]*$/m);
  });

  it('that throws when nobody listens does not fail a check', async () => {
    const file = experimentFile('thrower', "setTimeout(() => { throw new Error('late'); }, 0);");
    const { exitCode, stderr } = await rsplab('run', file, '--on', 'sim');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^rsplab: nobody caught this: Error: late$/m);
  });

  it('that leaves a handle open holds nobody up', async () => {
    const file = experimentFile('open', 'setInterval(() => {}, 1000);');
    const run = await rsplab('run', file, '--on', 'sim');
    expect(run.exitCode).toBe(0);
    mkdirSync(join(top, 'opened'));
    writeFileSync(join(top, 'opened/open.ts'), readFileSync(join(top, file)));
    expect((await rsplab('list', 'opened')).exitCode).toBe(0);
  });
});

describe('this machine', { timeout }, () => {
  it.for([20, 24, 40])('with room for %i open files is no failed check', async (files) => {
    const { exitCode, stderr } = await limited(`-n ${files}`, 'list', '--json');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^rsplab: .*/);
  });

  it('a disk that is full of everything but the report leaves table and verdict', async () => {
    const file = experimentFile('full');
    const { exitCode, stdout, stderr } = await limited('-f 60', 'run', file, '--on', 'sim', '--out', 'full');
    expect(stdout).toMatch(/^Report: {2}none: .*report\.html cannot be written: EFBIG: file too large/m);
    expect(stdout).toMatch(/^Verdict: pass$/m);
    expect(stderr).not.toContain('    at ');
    expect(exitCode).toBe(0);
    const [id] = readdirSync(join(top, 'full/full'));
    expect(readdirSync(join(top, 'full/full', id!)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('a disk with no room for the results makes the run unknown', async () => {
    const file = experimentFile('fuller');
    const { exitCode, stdout } = await limited('-f 5', 'run', file, '--on', 'sim', '--out', 'fuller');
    expect(stdout).toMatch(/^ {2}because .*cannot be written: EFBIG/m);
    expect(exitCode).toBe(3);
  });

  it('a file where a folder is expected is bad input', async () => {
    const { exitCode, stderr } = await rsplab('list', 'package.json');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/^rsplab: Expected a folder with experiments, got package\.json, .*ENOTDIR[^\n]*$/),
    ]);
  });
});

describe('output', { timeout }, () => {
  const shell = (script: string, ...args: string[]) =>
    execa('bash', ['-c', `set -o pipefail; ${script}`, '-', ...args], { cwd: top, reject: false });

  it('that has no room costs no verdict, and what only prints has failed', async () => {
    const run = await shell('node "$@" > /dev/full', main, 'run', experimentFile('no-room'), '--on', 'sim', '--json');
    expect([run.exitCode, run.stderr.split('\n').at(-1)]).toEqual([
      0,
      'rsplab: the output could not be written: ENOSPC: no space left on device, write',
    ]);
    const list = await shell('node "$@" > /dev/full', main, 'list', join(root, 'experiments'));
    expect([list.exitCode, list.stderr]).toEqual([3, expect.stringMatching(sentence)]);
  });

  it('that nobody reads costs nothing', async () => {
    // A reader that is gone before anything is written.
    const args = [main, 'run', experimentFile('gone'), '--on', 'sim', '--json', '--out', 'gone'];
    const { exitCode, stderr } = await shell('node "$@" | true', ...args);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/EPIPE|^rsplab:/m)]);
  });
});

describe('a folder that may not be read', { timeout }, () => {
  it('among results is named, and the others are read', async () => {
    const file = experimentFile('kept');
    await rsplab('run', file, '--on', 'sim', '--out', 'kept');
    mkdirSync(join(top, 'kept/lost+found'));
    chmodSync(join(top, 'kept/lost+found'), 0);
    // To the superuser nothing is forbidden, unless this is taken from him.
    const bounded = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];
    const before = process.getuid?.() === 0 ? bounded : [];
    const command = (...args: string[]) => {
      const [program, ...words] = [...before, process.execPath, main, ...args];
      return execa(program!, words, { cwd: top, reject: false });
    };
    const report = await command('report', 'kept');
    expect(report.stderr).toMatch(/^rsplab: no report of [^\n]*lost\+found: EACCES[^\n]*$/);
    expect([report.exitCode, report.stdout]).toEqual([0, expect.stringContaining('index.html')]);
    const compare = await command('compare', 'kept', '--replications', '2', '--json', '--out', 'compared');
    expect(compare.exitCode).toBe(0);
    expect(compare.stdout).toMatch(/lost\+found is left out, it cannot be read: EACCES/);
  });
});
