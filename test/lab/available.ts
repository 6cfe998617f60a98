import { test } from 'vitest';
import { type Missing, probeUml, probeUmlDocker, probeVirtual } from '../../harness/lab/probe.js';

const missing = tell('Lab tests', await probeVirtual());
const missingForRealTime = tell('Lab tests in real time', await probeUml());
const missingForContainers = tell('Tests with containers', await probeUmlDocker());

/** `test`, where the machine in virtual time can run; skipped elsewhere. */
export const labTest = test.skipIf(missing.length > 0);
/** For hooks, which cannot be skipped. */
export const labWorks = missing.length === 0;

/** `test`, where user-mode Linux can run; skipped elsewhere. */
export const realTimeTest = test.skipIf(missingForRealTime.length > 0);
export const realTimeWorks = missingForRealTime.length === 0;

/** `test`, where a Docker Engine can run in a lab kernel; skipped elsewhere. */
export const dockerTest = test.skipIf(missingForContainers.length > 0);

function tell(tests: string, missing: Missing[]): Missing[] {
  if (missing.length > 0) {
    const needs = missing.map(({ what, remedy }) => `${what} (${remedy})`).join(', ');
    console.warn(`${tests} are skipped for want of ${needs}`);
  }
  return missing;
}
