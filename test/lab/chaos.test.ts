/** Chaos on real components, in short; `npm run test:chaos` is the long form. */
import { expect } from 'vitest';
import { labTest } from './available.js';
import { expectToSurvive } from './chaos.js';
import { runExperiment, runUntil } from './rsplab.js';

labTest('a pool survives half a minute of chaos', async () => {
  const short = ['--set', 'warmUp=3', '--set', 'measure=32', '--set', 'drain=6'];
  const run = (seed: number) => runExperiment('experiments/chaos.ts', '--seed', String(seed), ...short);
  expectToSurvive(await runUntil('not fail', run));
});

labTest('an element that died is seen to be offered for too long by a registrar that hardly ever asks', async () => {
  const file = 'test/lab/experiments/dead-element.ts';
  const run = await runUntil('fail', (seed) => runExperiment(file, '--seed', String(seed)));
  expect(run.summary.checks).toMatchObject([{ name: 'noDeadElementSelected', verdict: 'fail' }]);
  expect(run.exitCode).toBe(1);
});
