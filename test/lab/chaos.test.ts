/** Chaos on real components, in short; `npm run test:chaos` is the long form. */
import { expect } from 'vitest';
import { labTest } from './available.js';
import { expectToSurvive } from './chaos.js';
import { runConfirmed, runUndisturbed } from './rsplab.js';

labTest('a pool survives half a minute of chaos', async () => {
  const short = ['--set', 'warmUp=3', '--set', 'measure=32', '--set', 'drain=6'];
  expectToSurvive(await runConfirmed('experiments/chaos.ts', '--seed', '4', ...short));
});

labTest('an element that died is seen to be offered for too long by a registrar that hardly ever asks', async () => {
  const { summary, exitCode } = await runUndisturbed('test/lab/experiments/dead-element.ts');
  expect(summary.reasons).toEqual([]);
  expect(summary.checks).toMatchObject([{ name: 'noDeadElementSelected', verdict: 'fail' }]);
  expect(exitCode).toBe(1);
});
