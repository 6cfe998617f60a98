import { expect, it } from 'vitest';
import { epochsFrom } from '../../harness/measure/epochs.js';

it('a host whose clock is ahead said a later time when the run began', () => {
  const epochOf = epochsFrom(100, new Map([['pu1', -9]]));
  expect([epochOf('pu1'), epochOf('pe1')]).toEqual([91, 100]);
  expect(epochsFrom(100)('pu1')).toBe(100);
});
