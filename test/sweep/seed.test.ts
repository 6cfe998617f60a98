import { expect, test } from 'vitest';
import { replicationSeed } from '../../harness/sweep/seed.js';

test('replications have seeds of their own, the same ones for ever', () => {
  const seeds = Array.from({ length: 1000 }, (_, index) => replicationSeed(1, index + 1));
  expect(new Set(seeds).size).toBe(1000);
  expect(seeds.every(Number.isSafeInteger)).toBe(true);
  expect(seeds[0]).toBe(259230787961232);
  expect(replicationSeed(2, 1)).not.toBe(seeds[0]);
  expect(replicationSeed(1, 11)).not.toBe(replicationSeed(11, 1));
});
