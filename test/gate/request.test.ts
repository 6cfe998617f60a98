/** What `rsplab gate` makes of what a person typed, before anything is started. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, commandOf, jobOf, prepare } from '../../harness/cli/gate-request.js';
import { baselineText } from '../../harness/gate/baseline.js';
import { latestGate } from '../../harness/gate/folder.js';
import { loadConfig, settingsFor } from '../../harness/gate/settings.js';
import { readPrograms } from '../../harness/pool/build/programs.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const experiment = join(root, 'experiments/element-power-off.ts');
let top: string;
const file = (name: string) => join(top, name);

const asked = (more: Partial<Asked> = {}): Asked => ({
  ...{ files: [experiment], config: null, on: 'sim', seed: null, replications: null, budget: null, baseline: null },
  ...{ with: {}, against: null, commit: null, update: false, ...more },
});

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'gate-request-'));
  const { points } = await prepare(asked());
  const stored = points.map(({ experiment: name, point, parts }) => ({
    ...{
      experiment: name,
      point,
      plan: { ...parts },
      fingerprint: null,
      seed: 7,
      seeds: [1, 2],
      values: {},
      checks: {},
    },
    ...{ limits: {}, accepted: [] },
  }));
  const baseline = {
    ...{ what: 'baseline of rsplab gate', schemaVersion: 1, on: 'sim', clock: 'simulated', date: 'd', machine: null },
    ...{ versions: {}, points: stored },
  } as const;
  writeFileSync(file('baseline.json'), baselineText(baseline as never));
  writeFileSync(file('uml.json'), baselineText({ ...baseline, on: 'uml' } as never));
  const machine = { cpu: 'another', cores: 999, memoryGiB: 1, kernel: '1' };
  writeFileSync(file('elsewhere.json'), baselineText({ ...baseline, machine } as never));
  writeFileSync(file('corrupt.json'), '{"what":');
  writeFileSync(file('odd.json'), JSON.stringify({ gate: { limits: { speed: 1 } } }));
});
afterAll(() => rmSync(top, { recursive: true }));

describe('a gate of which nobody says what it judges', () => {
  it('takes all four that are shipped for it', async () => {
    const { points } = await prepare(asked({ files: [] }));
    const names = ['element-kill', 'element-power-off', 'element-freeze', 'registrar-kill'];
    expect([...new Set(points.map(({ experiment: name }) => name))]).toEqual(names);
  });

  it('refuses what the subject cannot run, where somebody names it', async () => {
    const text = readFileSync(join(root, 'experiments/registrar-kill.ts'), 'utf8');
    const here = text.replaceAll("'../", `'${root}`).replace("name: 'registrar-kill',", "$& model: 'rspsim',");
    writeFileSync(file('refused.ts'), here);
    await expect(prepare(asked({ files: [file('refused.ts')] }))).rejects.toThrow(/^registrar-kill: .* got 2$/);
  });
});

describe('bad input', () => {
  const judged = async (more: Partial<Asked>) => jobOf(await prepare(asked(more)), null);

  it.each<[string, () => Partial<Asked>, RegExp]>([
    ['a corrupt baseline', () => ({ baseline: file('corrupt.json') }), /corrupt\.json: expected a baseline in JSON/],
    [
      'one of another experiment',
      () => ({ baseline: file('baseline.json'), files: [join(root, 'experiments/element-kill.ts')] }),
      /expected a baseline of element-kill, keepAlive 1, got those of element-power-off, keepAlive 1/,
    ],
    ['one of another lab', () => ({ baseline: file('uml.json') }), /expected a baseline made on sim, got one of uml/],
    [
      'one of another machine',
      () => ({ baseline: file('elsewhere.json') }),
      /expected a baseline of this machine, .*got one with other cpu and cores and memoryGiB and kernel; --against runs/,
    ],
    [
      'a budget that is too small',
      () => ({ baseline: file('baseline.json'), replications: 5, budget: 3 }),
      /gate\.budget: expected at least the 5 replications, got 3/,
    ],
    ['a single run per look', () => ({ replications: 1 }), /gate\.replications: expected at least 2, got 1/],
    [
      'a program that the lab does not take',
      () => ({ with: { rspserver: '/bin/true' } }),
      /--with rspserver: expected a lab that runs given programs, got sim/,
    ],
    ['a configuration that is not there', () => ({ config: file('none.json') }), /--config: expected a file, got /],
    [
      'a limit of nothing known',
      () => ({ config: file('odd.json') }),
      /odd\.json\.gate\.limits: unknown option 'speed'/,
    ],
    [
      'the same point twice',
      () => ({ files: [experiment, experiment] }),
      /expected each point once, got element-power-off, keepAlive 1 twice/,
    ],
  ])('%s is refused in a sentence', async (_, more, message) => {
    await expect(judged(more())).rejects.toThrow(message);
  });

  it.each([
    [
      'cat=/bin/cat',
      /--with: expected NAME=PATH with one of rspregistrar, rspserver, calcappclient, got 'cat=\/bin\/cat'/,
    ],
    ['rspserver', /--with: expected NAME=PATH/],
    ['rspserver=nowhere', /--with rspserver: expected a file, got nowhere, which does not exist/],
  ])('the program %s is refused in a sentence', (entry, message) => {
    expect(() => readPrograms('--with', [entry])).toThrow(message);
  });

  it('is nothing to go on with', () => {
    expect(() => latestGate(top, { open: true })).toThrow(/Expected an unfinished gate in .*, got none/);
  });
});

it('lab and seed are the baseline’s, unless somebody says otherwise', async () => {
  const own = await prepare(asked({ baseline: file('baseline.json'), on: null }));
  expect(own.request).toMatchObject({ on: 'sim', seed: 7 });
  expect((await prepare(asked({ baseline: file('baseline.json'), seed: 3 }))).request.seed).toBe(3);
});

it('the command is told as it is typed, and makes the same request', () => {
  const request = {
    ...asked({ replications: 5, budget: 10, baseline: 'my base.json' }),
    on: 'sim',
    seed: 1,
    digest: '',
  };
  expect(commandOf({ ...request, files: ['a.ts'] })).toBe(
    "rsplab gate a.ts --on sim --seed 1 --replications 5 --budget 10 --baseline 'my base.json'",
  );
  expect(
    commandOf({ ...request, files: ['a.ts'], against: { rspserver: '/old' }, replications: null, budget: null }),
  ).toBe('rsplab gate a.ts --on sim --seed 1 --against rspserver=/old');
});

describe('a configuration', () => {
  it('names experiments from its own folder, in JSON or TypeScript', async () => {
    mkdirSync(file('ci'), { recursive: true });
    writeFileSync(file('ci/gate.json'), JSON.stringify({ experiments: ['../e.ts'] }));
    writeFileSync(file('ci/gate.ts'), `export default { experiments: ['../e.ts'] as string[] };`);
    for (const name of ['ci/gate.json', 'ci/gate.ts']) {
      expect((await loadConfig(file(name))).experiments).toEqual([relative('.', file('e.ts'))]);
    }
  });

  it('gives way to the experiment, which gives way to what the configuration says of it, which gives way to options', () => {
    const named = { name: 'e', gate: { replications: 5, limits: { resumption: 0.2, detection: 0.2 } } };
    const config = {
      gate: { replications: 3, budget: 40, limits: { resumption: 0.1, connection: 0.1 } },
      each: { e: { limits: { resumption: 0.3 }, points: [{ keepAlive: 3 }] } },
    };
    expect(settingsFor(named, config, {})).toEqual({
      ...{ replications: 5, budget: 40, points: [{ keepAlive: 3 }] },
      limits: { resumption: 0.3, detection: 0.2, connection: 0.1 },
    });
    expect(settingsFor(named, config, { replications: 9, budget: 9 })).toMatchObject({ replications: 9, budget: 9 });
    expect(settingsFor({ name: 'other' }, {}, {})).toEqual({ replications: 8, budget: 24, points: [{}], limits: {} });
  });
});

it('experiments may say how they are judged, and are held to it', async () => {
  const text = readFileSync(experiment, 'utf8');
  const changed = text
    .replaceAll("from '../", `from '${root}`)
    .replace('  checks: [', `  gate: { points: [{ keepAlive: 1 }, { keepAlive: 3 }], replications: 4 },\n  checks: [`);
  writeFileSync(file('two.ts'), changed);
  const { points } = await prepare(asked({ files: [file('two.ts')] }));
  expect(points.map(({ name, replications, budget }) => [name, replications, budget])).toEqual([
    ['element-power-off, keepAlive 1', 4, 12],
    ['element-power-off, keepAlive 3', 4, 12],
  ]);
  writeFileSync(file('odd.ts'), changed.replace('replications: 4', 'repetitions: 4'));
  await expect(prepare(asked({ files: [file('odd.ts')] }))).rejects.toThrow(
    /experiment element-power-off\.gate: unknown option 'repetitions'/,
  );
});
