/** What a snapshot on the disk is told to be unfit for, before a machine goes on from it. */
import { createHash } from 'node:crypto';
import { rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { whyUnfit } from '../../harness/lab/virtual/snapshot.js';
import { temporaryFolder } from '../temporary.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  const sums = ['memory', 'state'].map((name) => {
    const path = join(folder, name);
    writeFileSync(path, `the ${name}`);
    const hash = createHash('sha256').update(`the ${name}`).digest('hex');
    const { size, mtimeMs } = statSync(path);
    return [name, { hash, size, mtimeMs }];
  });
  writeFileSync(join(folder, 'sums.json'), JSON.stringify(Object.fromEntries(sums)));
});
const touch = (name: string) => utimesSync(join(folder, name), new Date(), new Date(1));

it.each<[string, () => void, string | null]>([
  ['whole', () => {}, null],
  ['only touched', () => touch('memory'), null],
  ['of which a byte is another', () => writeFileSync(join(folder, 'memory'), 'the mEmory'), 'is damaged'],
  ['whose state was cut short', () => truncateSync(join(folder, 'state'), 3), 'is damaged'],
  ['without its state', () => rmSync(join(folder, 'state')), 'is incomplete'],
  ['without its sums', () => rmSync(join(folder, 'sums.json')), 'is incomplete'],
  ['whose sums were cut short', () => truncateSync(join(folder, 'sums.json'), 20), 'is incomplete'],
])('one that is %s', async (_, damage, said) => {
  damage();
  touch('memory');
  expect(await whyUnfit(folder)).toBe(said);
});
