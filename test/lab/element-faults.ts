/**
 * The four element experiments on real components: what each fault does to the requests of the element that it hits.
 * Two faults a run, each on an element that serves a request at that moment.
 */
import { expect } from 'vitest';
import { type RealRun, runExperiment, runUntilNoneFails } from './rsplab.js';

/** The first fault is 4 s after the beginning, the second 12 s later. */
const phases = (measure: number) => ['--set', 'warmUp=3', '--set', `measure=${measure}`, '--set', 'drain=6'];

export const oneFault = phases(15);

export async function runShort(file: string): Promise<RealRun> {
  const run = await runUntilNoneFails((seed) => runExperiment(file, '--seed', String(seed), ...phases(18)));
  expectTrustworthy(run, 2);
  return run;
}

/** What any lab has to show of it. */
export function expectTrustworthy({ summary, exitCode, journal, failovers }: RealRun, faults: number): void {
  expect(summary.faults).toHaveLength(faults);
  expect(summary.faults.every(({ evidence, healedAt }) => evidence !== null && healedAt !== null)).toBe(true);
  expect(summary.requests.completed).toBeGreaterThan(0);
  expect(summary.requests.queued).toBe(summary.requests.completed + summary.requests.open + summary.requests.lost);
  expect(failovers.length, 'a busy element was hit, so a request must have failed over').toBeGreaterThan(0);
  expect(summary.verdict).toBe('pass');
  expect(exitCode).toBe(0);
  const struck = new Set(journal.flatMap((event) => (event.event === 'faultInjected' ? [event.host] : [])));
  expect(failovers.filter(({ faultId }) => faultId !== null).every(({ oldElement }) => struck.has(oldElement))).toBe(
    true,
  );
  for (const { delay, detection, selection, connection, resumption } of failovers) {
    if (delay === null) continue;
    // Each stage is rounded to microseconds.
    expect(detection! + selection! + connection! + resumption!).toBeCloseTo(delay, 4);
  }
}
