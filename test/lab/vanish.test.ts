/** What is left of a run in real time that is killed: nothing. */
import { expect } from 'vitest';
import { tolerableLoad } from '../../harness/calibrate/load.js';
import { dockerTest, realTimeTest } from './available.js';
import { runInUml } from './kernel.js';
import { expectNothingLeft, processesWith, startRun } from './leftovers.js';
import { commandLine, repository } from './rsplab.js';
import { watchSteal } from './steal.js';

const killed = [
  [realTimeTest, 'uml', 'measure'],
  [dockerTest, 'uml+docker', 'open'],
] as const;
for (const [test, lab, phase] of killed) {
  test(`of a run on ${lab} nothing is left 5 s after a SIGKILL in its phase ${phase}`, async () => {
    const run = startRun(lab);
    await run.reaches(phase);
    expect(processesWith(`umid=rsplab-${run.session()}`)).not.toEqual([]);
    await expectNothingLeft(run);
    expect(run.journal().length).toBeGreaterThan(0);
  });
}

realTimeTest('a run on the running kernel leaves no namespace and no process 5 s after a SIGKILL', async ({ skip }) => {
  const stolenSince = watchSteal();
  const left = await runInUml<{ before: number; seconds: number; namespaces: string[]; processes: string[] }>(
    'vanish',
    { commandLine, repository },
  );
  expect(left.before).toBeGreaterThan(0);
  expect(left).toMatchObject({ namespaces: [], processes: [] });
  const stolen = stolenSince();
  skip(
    left.seconds > 5 && stolen > tolerableLoad.stolen,
    `gone after ${left.seconds.toFixed(1)} s, with ${stolen.toFixed(0)} % of the CPUs stolen`,
  );
  expect(left.seconds).toBeLessThan(5);
});
