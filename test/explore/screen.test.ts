import { expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { agreementOf, type Confirmed } from '../../harness/explore/screen/agreement.js';
import { choose } from '../../harness/explore/screen/choose.js';
import { type Batch, type Screened, screenBatch } from '../../harness/explore/screen/screened.js';
import shaken from './shaken.js';

const screened = (seed: number, failed: string[], faults = 1, longestFailover: number | null = null): Screened => ({
  ...{ seed, failed, faults, longestFailover, unknown: [] },
});
const batchOf = (from: number, all: readonly Screened[]): Batch => ({
  ...{ from, seeds: all.length, kinds: {}, kept: [...all] },
  calm: all.find(({ failed }) => failed.length === 0) ?? null,
});
const seedsOf = (choices: ReturnType<typeof choose>) => choices.map(({ screened: { seed }, why }) => [seed, why]);

it('a batch counts what fails, and keeps of it what may be worth a look', () => {
  const batch = screenBatch((seed) => resolvePlan(shaken, { seed }), 1, 12, false);
  expect(Object.values(batch.kinds).reduce((sum, runs) => sum + runs, 0)).toBe(12);
  expect(batch.kept.some(({ failed }) => failed.length > 0)).toBe(true);
  expect(batch.calm?.failed).toEqual([]);
  expect(screenBatch((seed) => resolvePlan(shaken, { seed }), 1, 12, false)).toEqual(batch);
});

it('a lab gets rare findings before frequent ones, small ones before large ones, and a fifth that nothing has chosen', () => {
  const batches = [
    batchOf(1, [screened(1, []), screened(2, ['a'], 5), screened(3, ['a'], 2), screened(4, ['b'], 9)]),
    batchOf(5, [screened(5, ['a'], 3), screened(6, [], 1, 4)]),
  ];
  expect(seedsOf(choose(batches, 4))).toEqual([
    [4, 'finding'],
    [3, 'finding'],
    [5, 'finding'],
    [1, 'control'],
  ]);
  expect(seedsOf(choose([batchOf(1, [screened(1, []), screened(2, [], 1, 1), screened(3, [], 1, 9)])], 3))).toEqual([
    [3, 'longFailover'],
    [2, 'longFailover'],
    [1, 'control'],
  ]);
});

it('says which findings are real, and which real ones the model lacks', () => {
  const choices = choose(
    [batchOf(1, [screened(1, []), screened(2, ['a']), screened(3, ['a']), screened(4, ['a'])])],
    4,
  );
  const ran = (seed: number, a: 'pass' | 'fail' | 'unknown'): Confirmed => ({
    ...{ seed, verdict: a, reasons: [], checks: { a }, details: {}, folder: null },
  });
  const confirmed = [ran(1, 'fail'), ran(2, 'fail'), ran(3, 'pass'), ran(4, 'unknown')];
  expect(agreementOf(['a'], choices, confirmed)).toEqual([
    { check: 'a', bothFail: 1, modelOnly: 1, labOnly: 1, bothPass: 0, missed: 1, controls: 1, unknown: 1 },
  ]);
});
