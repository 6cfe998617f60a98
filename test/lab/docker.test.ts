/** Containers for real: a Docker Engine in a lab kernel. */
import { existsSync, readdirSync } from 'node:fs';
import { median } from 'simple-statistics';
import { describe, expect } from 'vitest';
import { tolerableLoad } from '../../harness/calibrate/load.js';
import { dockerTest } from './available.js';
import { expectTrustworthy } from './element-faults.js';
import { expectUndisturbed, runConfirmed } from './real-time.js';
import { watchSteal } from './steal.js';

describe('an experiment in containers', () => {
  dockerTest('kills and switches off elements, as peers see it, and can be trusted', async ({ skip }) => {
    // The lab kernel's file tree is the machine's: an engine may leave nothing in it.
    const traces = () => [readdirSync('/opt'), existsSync('/etc/docker/key.json')];
    const before = traces();
    const stolenSince = watchSteal();
    const run = await runConfirmed('uml+docker', 'test/lab/experiments/two-faults.ts');
    expect(run.summary.on).toBe('uml+docker');
    expect(traces()).toEqual(before);
    expectUndisturbed(run, skip);
    expectTrustworthy(run, 2);
    // The dead process's kernel takes leave within a one-way delay of 10 ms; as in the labs without containers.
    const afterKill = run.failovers.filter(({ faultKind }) => faultKind === 'kill');
    expect(median(afterKill.flatMap(({ detection }) => detection ?? []))).toBeLessThan(0.3);
    // From the start to everything running: 4 hosts, each with a leg in both networks.
    const ready = run.journal.find((event) => event.event === 'phase' && event.phase === 'warmUp')!.time;
    const stolen = stolenSince();
    skip(stolen > tolerableLoad.stolen, `${stolen.toFixed(0)} % of the CPUs were stolen: ready after ${ready} s`);
    expect(ready).toBeLessThan(120);
  });
});
