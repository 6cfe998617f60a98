/** Parts of a sweep that machines do apart, and the one table that comes of them. */
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf, messageOf } from '../../harness/base/errors.js';
import { sweepCommand } from '../../harness/cli/sweep.js';
import type { Executor } from '../../harness/sweep/executor.js';
import type { FinishedSweep } from '../../harness/sweep/finish.js';
import { merge } from '../../harness/sweep/merge.js';
import { isIn, shardFrom, shardName } from '../../harness/sweep/shard.js';
import { simulateRun } from '../../harness/sweep/simulated.js';
import type { SweepOptions } from '../../harness/sweep/sweep.js';
import { temporaryFolder } from '../temporary.js';
import { loaded, runsOf, sweepSmall, tableOf } from './sweeps.js';

/** Here and now: starting threads would take longer than the runs. */
const here: SweepOptions['executor'] = ({ grid }) => ({
  async perform(tasks: Parameters<Executor['perform']>[0], give: Parameters<Executor['perform']>[1]) {
    for (const task of tasks) {
      const plan = grid.planFor(task.point, task.replication);
      give(task, { ...simulateRun(plan), folder: null, command: `rsplab run --seed ${plan.seed}` });
    }
  },
});
const quick = (options: Partial<SweepOptions> = {}) => sweepSmall({ executor: here, ...options });
const shardOf = (number: number, of: number, options: Partial<SweepOptions> = {}) =>
  quick({ shard: { number, of }, ...options });
const merged = (folders: readonly string[], out = temporaryFolder()) => merge(folders, { out, id: 'merged' });

let whole: FinishedSweep;
let shards: string[];
beforeAll(async () => {
  whole = await quick();
  const out = temporaryFolder();
  shards = [];
  for (const number of [1, 2, 3, 4, 5]) shards.push((await shardOf(number, 5, { out })).folder);
});

const copyOf = (folder: string) => {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(folder, copy, { recursive: true });
  return copy;
};
const changed = (folder: string, change: (description: Record<string, unknown>) => object) => {
  const copy = copyOf(folder);
  const path = join(copy, 'sweep.json');
  const description = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...description, ...change(description) }));
  return copy;
};

function spoilt(folder: string): string {
  appendFileSync(join(folder, 'ledger.ndjson'), '{}\n');
  return folder;
}
function emptied(folder: string): string {
  rmSync(join(folder, 'sweep.json'));
  return folder;
}

describe('shards', () => {
  it('have every run exactly once, and nearly as many each', () => {
    const some = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(some, some, some, (points, replications, of) => {
        const tasks = Array.from({ length: points * replications }, (_, at) => ({
          point: { index: Math.floor(at / replications), point: {}, refusal: null },
          replication: (at % replications) + 1,
        }));
        const sizes = Array.from({ length: of }, (_, at) => {
          return tasks.filter((task) => isIn({ number: at + 1, of }, task, replications)).length;
        });
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(tasks.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are merged into the tables of a sweep that was never divided, byte for byte, in any order', () => {
    for (const folders of [shards, [...shards].reverse()]) {
      const { folder, description } = merged(folders);
      expect(tableOf(folder)).toBe(tableOf(whole.folder));
      expect(runsOf(folder)).toBe(runsOf(whole.folder));
      expect(description).toEqual(whole.description);
    }
  });

  it('have a folder of their own, with which the same command goes on', async () => {
    const out = temporaryFolder();
    const { folder } = await shardOf(2, 3, { out });
    expect(folder).toBe(join(out, 'small', 'shard-2-of-3'));
    const ledger = join(folder, 'ledger.ndjson');
    const lines = readFileSync(ledger, 'utf8').split('\n');
    writeFileSync(ledger, `${lines[0]}\n${lines[1]!.slice(0, 10)}`);
    const told: number[] = [];
    await shardOf(2, 3, { out, onProgress: ({ done }) => told.push(done) });
    expect(told).toEqual([1, 2, 3, 4]);
    expect(readFileSync(ledger, 'utf8').split('\n')).toEqual(lines);
    await expect(shardOf(2, 3, { out, seed: 2 })).rejects.toThrow(/--shard: expected the same seed .* \(1\), got 2/);
    await expect(shardOf(2, 3, { out, replications: 4 })).rejects.toThrow(/shard-2-of-3 with 3 replications/);
    await expect(quick({ resume: folder })).rejects.toThrow(/expected the same shard .* got the whole sweep/);
  });

  it.each(['0/3', '4/3', '1', '1/0', 'a/b', '1/2/3', '1/100001', ''])('%j is no shard', (text) => {
    expect(() => shardFrom(text)).toThrow(/--shard: expected i\/n with i from 1 to n/);
  });

  it('sort by number', () => {
    expect([1, 10].map((number) => shardName({ number, of: 16 }))).toEqual(['shard-01-of-16', 'shard-10-of-16']);
  });
});

describe('merging', () => {
  it('takes the first result of a run that several folders have, and leaves them as they were', () => {
    const other = copyOf(shards[0]!);
    const ledger = join(other, 'ledger.ndjson');
    const before = readFileSync(ledger, 'utf8').replace(/"utilisation_percent":[^,]*/g, '"utilisation_percent":12.5');
    writeFileSync(ledger, `${before}{"point":`);
    expect(tableOf(merged([...shards, other]).folder)).toBe(tableOf(whole.folder));
    expect(runsOf(merged([other, ...shards]).folder)).toContain(',12.5,');
    expect(readFileSync(ledger, 'utf8')).toBe(`${before}{"point":`);
  });

  it('of folders that lack runs says which, and leaves a sweep to go on with', async () => {
    const out = temporaryFolder();
    expect(() => merged([...shards.slice(0, 2), shards[4]!], out)).toThrow(
      /have 8 of 12 runs, since shard 3, 4 of 5 is not among them; go on with: rsplab sweep .* --resume /,
    );
    const folder = join(out, 'small', 'merged');
    expect(existsSync(join(folder, 'table.csv'))).toBe(false);
    const told: number[] = [];
    await quick({ resume: folder, onProgress: ({ done }) => told.push(done) });
    expect(told[0]).toBe(8);
    expect(tableOf(folder)).toBe(tableOf(whole.folder));
  });

  it('knows points that could not be planned, and runs that came to nothing, from any of the folders', async () => {
    const out = temporaryFolder();
    const options = { restriction: { delay: [0.01, 2] } };
    const refusing = await quick(options);
    const [one, two] = [await shardOf(1, 2, { out, ...options }), await shardOf(2, 2, { out, ...options })];
    const { folder, description } = merged([one.folder, two.folder]);
    expect(description.failures).toEqual(refusing.description.failures);
    expect(tableOf(folder)).toBe(tableOf(refusing.folder));

    const failure = { point: { policy: 'Random', delay: 0.01 }, replication: 1, seed: 1, reason: 'out of luck' };
    const lacking = changed(one.folder, ({ failures }) => ({ failures: [...(failures as object[]), failure] }));
    const lines = readFileSync(join(lacking, 'ledger.ndjson'), 'utf8').split('\n');
    const kept = lines.filter((line) => !line.startsWith('{"point":2,"replication":1,'));
    expect(kept).toHaveLength(lines.length - 1);
    writeFileSync(join(lacking, 'ledger.ndjson'), kept.join('\n'));
    const reasons = (folders: string[]) => merged(folders).description.failures.map(({ reason }) => reason);
    expect(reasons([lacking, two.folder])).toContain('out of luck');
    expect(reasons([lacking, two.folder, one.folder])).not.toContain('out of luck');
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    ['experiment', (folder) => changed(folder, () => ({ experiment: 'other' })), /same experiment as in .* \(small\)/],
    ['seed', (folder) => changed(folder, () => ({ seed: 2 })), /same seed as in .* \(1\), got 2 in /],
    ['plans', (folder) => changed(folder, () => ({ plansSha256: 'f'.repeat(64) })), /same plans .* got ffffffff/],
    ['subject', (folder) => changed(folder, () => ({ on: 'uml' })), /same subject as in .* \(sim\), got uml/],
    [
      'version',
      (folder) => changed(folder, ({ versions }) => ({ versions: { ...(versions as object), code: 'abc' } })),
      /same version of code as in .*, got abc/,
    ],
    ['ledger', spoilt, /a finished run in line/],
    ['kind', emptied, /--merge: expected a sweep's folder, got/],
  ])('refuses folders of another %s in one sentence, and writes nothing', (_, change, sentence) => {
    const out = temporaryFolder();
    const other = change(copyOf(shards[1]!));
    expect(() => merged([shards[0]!, other], out)).toThrow(sentence);
    expect(readdirSync(out)).toEqual([]);
  });

  it.each([
    [['--merge', 'a', '--seed', '2'], /expected folders and --out alone, got --seed, too/],
    [['experiments/fig08-clean-shutdowns.ts', '--merge', 'a'], /got experiments\/fig08-clean-shutdowns.ts, too/],
    [['--merge', 'nowhere'], /--merge: expected a sweep's folder, got nowhere/],
    [[loaded.file, '--shard', '9'], /--shard: expected i\/n/],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const refused = await sweepCommand()
      .exitOverride()
      .parseAsync([...args, '--out', temporaryFolder()], { from: 'user' })
      .catch((error: unknown) => error);
    expect(codeOf(refused)).toBe('bad-input');
    expect(messageOf(refused)).toMatch(sentence);
  });
});
