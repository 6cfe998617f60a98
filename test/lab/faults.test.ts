/**
 * The four element experiments on real components: what each fault does to the requests of the element that it hits.
 * Two faults a run, each on an element that serves a request at that moment.
 */

import { median } from 'simple-statistics';
import { describe, expect, type TestContext } from 'vitest';
import { labTest } from './available.js';
import { expectSound, type RealRun, runConfirmed } from './rsplab.js';

const short = ['--set', 'warmUp=3', '--set', 'measure=18', '--set', 'drain=6'];

const detections = ({ failovers }: RealRun): number[] => failovers.flatMap(({ detection }) => detection ?? []);

function expectTrustworthy(run: RealRun, skip: TestContext['skip']): void {
  const { summary, exitCode, journal, failovers } = run;
  expect(summary.faults).toHaveLength(2);
  expect(summary.faults.every(({ evidence, healedAt }) => evidence !== null && healedAt !== null)).toBe(true);
  expect(summary.requests.completed).toBeGreaterThan(0);
  expect(summary.requests.queued).toBe(summary.requests.completed + summary.requests.open + summary.requests.lost);
  expect(failovers.length, 'a busy element was hit, so a request must have failed over').toBeGreaterThan(0);
  expectSound(run, skip);
  expect(summary.verdict).toBe('pass');
  expect(exitCode).toBe(0);
  const struck = new Set(journal.flatMap((event) => (event.event === 'faultInjected' ? [event.host] : [])));
  expect(failovers.filter(({ faultId }) => faultId !== null).every(({ oldElement }) => struck.has(oldElement))).toBe(
    true,
  );
  for (const row of failovers) {
    const { delay, detection, selection, connection, resumption } = row;
    if (delay === null) continue;
    // Each stage is rounded to microseconds.
    expect(detection! + selection! + connection! + resumption!).toBeCloseTo(delay, 4);
  }
}

describe('peers notice at once when the element or its kernel takes leave', () => {
  labTest('shutdown', async ({ skip }) => {
    const run = await runConfirmed('experiments/element-shutdown.ts', ...short);
    expectTrustworthy(run, skip);
    expect(median(detections(run))).toBeLessThan(0.3);
  });

  labTest('kill', async ({ skip }) => {
    const run = await runConfirmed('experiments/element-kill.ts', ...short);
    expectTrustworthy(run, skip);
    expect(median(detections(run))).toBeLessThan(0.3);
  });
});

describe('silence is only found out by the session keep-alive', () => {
  // The keep-alive timeout is 1 s: nobody gives up sooner, unless a keep-alive was on its way when the fault struck; its
  // round trip takes up to 0.23 s where small messages wait for acknowledgements. An interval of 1 s may come before the
  // timeout; half a second more is RSPLIB's poll loop.
  const [earliest, latest] = [0.75, 2.6];

  labTest('power-off', async ({ skip }) => {
    const run = await runConfirmed('experiments/element-power-off.ts', ...short);
    expectTrustworthy(run, skip);
    const running = run.failovers
      .filter(({ phase }) => phase === 'running')
      .flatMap(({ detection }) => detection ?? []);
    expect(Math.min(...running)).toBeGreaterThan(earliest);
    expect(median(running)).toBeLessThan(latest);
  });

  labTest('freeze', async ({ skip }) => {
    const run = await runConfirmed('experiments/element-freeze.ts', ...short);
    expectTrustworthy(run, skip);
    const running = run.failovers
      .filter(({ phase }) => phase === 'running')
      .flatMap(({ detection }) => detection ?? []);
    expect(Math.min(...running)).toBeGreaterThan(earliest);
    expect(median(running)).toBeLessThan(latest);
  });
});
