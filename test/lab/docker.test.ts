/** Containers for real: a Docker Engine in a lab kernel. */
import { existsSync, readdirSync } from 'node:fs';
import { median } from 'simple-statistics';
import { describe, expect } from 'vitest';
import { tolerableLoad } from '../../harness/calibrate/load.js';
import { dockerTest } from './available.js';
import { expectSound, runConfirmed } from './rsplab.js';
import { watchSteal } from './steal.js';

describe('an experiment in containers', () => {
  dockerTest('kills elements, as peers see it, and can be trusted', async ({ skip }) => {
    const short = ['--set', 'warmUp=3', '--set', 'measure=18', '--set', 'drain=6'];
    // The lab kernel's file tree is the machine's: an engine may leave nothing in it.
    const traces = () => [readdirSync('/opt'), existsSync('/etc/docker/key.json')];
    const before = traces();
    const stolenSince = watchSteal();
    const run = await runConfirmed('experiments/element-kill.ts', ...short, '--on', 'uml+docker');
    expect(run.summary.on).toBe('uml+docker');
    expect(run.summary.faults).toHaveLength(2);
    expect(run.summary.faults.every(({ evidence, healedAt }) => evidence !== null && healedAt !== null)).toBe(true);
    expect(run.failovers.length, 'a busy element was hit, so a request must have failed over').toBeGreaterThan(0);
    expect(traces()).toEqual(before);
    expectSound(run, skip);
    expect(run.summary.verdict).toBe('pass');
    expect(run.exitCode).toBe(0);
    // The dead process's kernel takes leave within a one-way delay of 10 ms; as in the labs without containers.
    expect(median(run.failovers.flatMap(({ detection }) => detection ?? []))).toBeLessThan(0.3);
    // From the start to everything running: 7 hosts, each with a leg in both networks.
    const ready = run.journal.find((event) => event.event === 'phase' && event.phase === 'warmUp')!.time;
    const stolen = stolenSince();
    skip(stolen > tolerableLoad.stolen, `${stolen.toFixed(0)} % of the CPUs were stolen: ready after ${ready} s`);
    expect(ready).toBeLessThan(120);
  });
});
