/** Chaos on real components, in short; `npm run test:chaos` is the long form. */
import { expect } from 'vitest';
import { labTest } from './available.js';
import { expectToSurvive } from './chaos.js';
import { expectSound, runConfirmed, runUndisturbed } from './rsplab.js';

labTest('a pool survives half a minute of chaos', async ({ skip }) => {
  const short = ['--set', 'warmUp=3', '--set', 'measure=32', '--set', 'drain=6'];
  const run = await runConfirmed('experiments/chaos.ts', '--seed', '4', ...short);
  expectSound(run, skip);
  expectToSurvive(run);
});

labTest(
  'an element that died is seen to be offered for too long by a registrar that hardly ever asks',
  async ({ skip }) => {
    const run = await runUndisturbed('test/lab/experiments/dead-element.ts');
    expectSound(run, skip);
    const { summary, exitCode } = run;
    expect(summary.checks).toMatchObject([{ name: 'noDeadElementSelected', verdict: 'fail' }]);
    expect(exitCode).toBe(1);
  },
);
