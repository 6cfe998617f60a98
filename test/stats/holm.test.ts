import { expect, it } from 'vitest';
import { holmLevels } from '../../harness/stats/holm.js';

const rejected = (probabilities: number[], level: number) => {
  const levels = holmLevels(probabilities, level);
  return probabilities.map((probability, at) => probability <= levels[at]!);
};

it('rejects step by step: the smallest against a level of all, the next against one of the rest', () => {
  // 0.05 / 4, / 3, / 2, / 1 are 0.0125, 0.0167, 0.025, 0.05: the third is kept, and so is the fourth.
  expect(rejected([0.01, 0.016, 0.03, 0.04], 0.05)).toEqual([true, true, false, false]);
  expect(holmLevels([0.01, 0.016, 0.03, 0.04], 0.05)).toEqual([0.0125, 0.05 / 3, 0.025, 0.025]);
});

it('does not depend on the order', () => {
  expect(rejected([0.04, 0.01, 0.03, 0.016], 0.05)).toEqual([false, true, false, true]);
});

it('of a single test is the test itself', () => {
  expect(rejected([0.05], 0.05)).toEqual([true]);
  expect(holmLevels([], 0.05)).toEqual([]);
});
