/** User-mode Linux in real time: one experiment shows that all of it works together. */
import { median } from 'simple-statistics';
import { expect } from 'vitest';
import { realTimeTest } from './available.js';
import { expectTrustworthy, oneFault } from './element-faults.js';
import { expectUndisturbed, runConfirmed } from './real-time.js';

realTimeTest('an element that is killed in a lab kernel is noticed at once', async ({ skip }) => {
  const run = await runConfirmed('uml', 'experiments/element-kill.ts', ...oneFault);
  expect(run.summary).toMatchObject({ on: 'uml', clock: 'real' });
  expectUndisturbed(run, skip);
  expectTrustworthy(run, 1);
  expect(median(run.failovers.flatMap(({ detection }) => detection ?? []))).toBeLessThan(0.3);
});
