/** Stored plans and the search for fewer faults, by the built command line. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { shrinkSchema } from '../../harness/shrink/folder.js';
import { temporaryFolder } from '../temporary.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/harness/cli/main.js');
let top: string;

let failed: Awaited<ReturnType<typeof failedRun>>;

beforeAll(async () => {
  top = temporaryFolder();
  failed = await failedRun(join(top, 'failed'));
});

const rsplab = (...args: string[]) => execa('node', [main, ...args], { cwd: root, reject: false });

/** Silence takes a second to notice: too long for this check. */
const experimentFile = () => {
  const file = join(top, 'shaken.ts');
  writeFileSync(
    file,
    `import * as r from '${root}harness/index.js';
import { dualHomed } from '${root}topologies/dual-homed.js';
export default r.experiment({
  name: 'shaken',
  topology: dualHomed({ elements: 3, users: 3 }),
  deploy: () => ({
    registrars: r.registrar(),
    elements: r.poolElement(),
    users: r.poolUser({ requestInterval: r.exponential(r.s(6)), requestSize: r.exponential(4e6) }),
  }),
  phases: { measure: r.s(60), drain: r.s(10) },
  faults: (_, { seed, topology, over }) =>
    r.chaos(seed, {
      topology,
      over,
      mtbf: r.s(4),
      weights: { kill: 1, powerOff: 1, impair: 2 },
      limits: { down: { elements: 1 }, healWithin: r.s(6) },
    }),
  checks: [r.failoverDelay({ maxBelow: r.s(0.8) })],
});`,
  );
  return file;
};

const failedRun = async (out: string) => {
  const result = await rsplab('run', experimentFile(), '--on', 'sim', '--seed', '3', '--out', out, '--json');
  expect(result.exitCode).toBe(1);
  const folder = join(out, 'shaken', readdirSync(join(out, 'shaken'))[0]!);
  return { folder, summary: JSON.parse(result.stdout) };
};

describe('rsplab run PLAN.json', () => {
  it('runs a stored plan again: the same faults and the same result', { timeout: 180_000 }, async () => {
    const { folder, summary } = failed;
    const args = ['--on', 'sim', '--out', join(top, 'again')];
    const again = await rsplab('run', join(folder, 'plan.json'), ...args, '--json');
    expect(again.exitCode).toBe(1);
    const { faults, requests, checks, seed, replay } = JSON.parse(again.stdout);
    expect({ faults, requests, checks, seed }).toEqual({
      ...{ faults: summary.faults, requests: summary.requests, checks: summary.checks, seed: 3 },
    });
    expect(replay).toBe(`rsplab run ${join(folder, 'plan.json')} --on sim --seed 3`);
    const other = await rsplab('run', join(folder, 'plan.json'), ...args, '--seed', '4', '--json');
    expect(JSON.parse(other.stdout)).toMatchObject({ seed: 4, faults: summary.faults });
  });

  it('refuses what is none, and to choose what is chosen', async () => {
    const file = join(top, 'none.json');
    writeFileSync(file, '{ "faults": [] }');
    const of = async (...args: string[]) => {
      const { exitCode, stderr } = await rsplab('run', ...args);
      expect(exitCode).toBe(2);
      return stderr;
    };
    expect(await of(file)).toContain(`rsplab: ${file}.`);
    expect(await of(join(top, 'nowhere.json'))).toContain('which does not exist');
    expect(await of(file, '--set', 'measure=3')).toContain(`--set: expected an experiment's file, got ${file}`);
  });
});

describe('rsplab shrink', () => {
  it('prints the command that runs the smallest failing schedule, and goes on after a kill', {
    timeout: 180_000,
  }, async () => {
    const out = join(top, 'search');
    const { folder: run } = failed;
    const first = execa('node', [main, 'shrink', run, '--out', out], { cwd: root, reject: false });
    for await (const line of first.iterable({ from: 'stderr' })) if (line.startsWith('run 3 ')) first.kill('SIGKILL');
    await first;
    const [name] = readdirSync(join(out, 'shaken'));
    const folder = join(out, 'shaken', name!);
    const read = () => shrinkSchema.parse(JSON.parse(readFileSync(join(folder, 'shrink.json'), 'utf8')));
    const before = read();
    expect(before.state).toBe('running');
    const resumed = await rsplab('shrink', '--resume', folder);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const after = read();
    expect(after.trials.slice(0, before.trials.length).map(({ runs }) => runs[0])).toEqual(
      before.trials.map(({ runs }) => runs[0]),
    );
    expect(after.state).toBe('minimal');
    expect(after.smallest!.length).toBeLessThan(after.schedule.length);
    const replay = /^Again: {2}rsplab (.*)$/m.exec(resumed.stdout)![1]!;
    const again = await rsplab(...replay.split(' '), '--out', join(top, 'replayed'));
    expect(again.exitCode).toBe(1);
  });

  it('refuses what did not fail', async () => {
    const { exitCode, stderr } = await rsplab('shrink');
    expect([exitCode, stderr]).toEqual([
      2,
      "rsplab: shrink: expected either a run or --resume with a search's folder, got neither",
    ]);
  });
});
