/** Elements that take leave, or whose kernel does. */
import { median } from 'simple-statistics';
import { describe, expect } from 'vitest';
import { labTest } from './available.js';
import { runShort } from './element-faults.js';

describe('peers notice at once when the element or its kernel takes leave', () => {
  labTest.each(['shutdown', 'kill'])('%s', async (fault) => {
    const { failovers } = await runShort(`experiments/element-${fault}.ts`);
    expect(median(failovers.flatMap(({ detection }) => detection ?? []))).toBeLessThan(0.3);
  });
});
