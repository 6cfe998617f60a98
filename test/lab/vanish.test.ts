/** What is left of a run on the running kernel that is killed: nothing. */
import { expect } from 'vitest';
import { tolerableLoad } from '../../harness/calibrate/load.js';
import { realTimeTest } from './available.js';
import { runInUml } from './kernel.js';
import { commandLine, repository } from './rsplab.js';
import { watchSteal } from './steal.js';

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
