/** Chaos on real components, in short; `npm run test:chaos` is the long form. */
import { expect } from 'vitest';
import { labTest } from './available.js';
import { expectToSurvive } from './chaos.js';
import { expectSound, runExperiment, runUntilNoneFails } from './rsplab.js';

labTest('a pool survives half a minute of chaos', async () => {
  const short = ['--set', 'warmUp=3', '--set', 'measure=32', '--set', 'drain=6'];
  const run = (seed: number) => runExperiment('experiments/chaos.ts', '--seed', String(seed), ...short);
  expectToSurvive(await runUntilNoneFails(run));
});

labTest('an element that died is seen to be offered for too long by a registrar that hardly ever asks', async () => {
  const run = await runExperiment('test/lab/experiments/dead-element.ts');
  expectSound(run);
  expect(run.summary.checks).toMatchObject([{ name: 'noDeadElementSelected', verdict: 'fail' }]);
  expect(run.exitCode).toBe(1);
});
