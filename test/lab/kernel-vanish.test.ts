/** What is left of a run in a lab kernel that is killed: nothing, however busy the machine is meanwhile. */
import { expect } from 'vitest';
import { dockerTest, realTimeTest } from './available.js';
import { expectNothingLeft, processesWith, startRun } from './leftovers.js';

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
