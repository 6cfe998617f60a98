import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProcessorSharing } from '../../harness/sim/sharing.js';

describe('processor sharing', () => {
  test('gives two jobs half of the capacity each, and the one that stays all of it', () => {
    const sharing = new ProcessorSharing([10], 2);
    sharing.advance(0, 0);
    sharing.add(0, 0, 100);
    sharing.advance(0, 4);
    sharing.add(0, 1, 20);
    // 40 of job 0 are done; job 1 needs 20 at 5/s, and then job 0 its last 40 at 10/s.
    expect(sharing.first(0)).toBe(1);
    expect(sharing.timeOfLevel(0, sharing.endLevel(1))).toBe(8);
    sharing.advance(0, 8);
    sharing.remove(0, 1);
    expect(sharing.timeOfLevel(0, sharing.endLevel(0))).toBe(12);
    expect(sharing.progress(0, 0)).toBe(60);
    expect(sharing.busySeconds(0)).toBe(8);
  });

  test('finishes jobs when a brute-force integration does, for any arrivals and departures', () => {
    const job = fc.record({
      at: fc.double({ min: 0, max: 50, noNaN: true }),
      size: fc.double({ min: 0.5, max: 40, noNaN: true }),
      leavesAfter: fc.option(fc.double({ min: 0.1, max: 20, noNaN: true }), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 12 }), (jobs) => {
        const capacity = 3;
        const exact = runExactly(jobs, capacity);
        const integrated = integrate(jobs, capacity, 1e-3);
        for (const [index, done] of exact.entries()) {
          // Within a step, every arrival and departure may come up to one step late, and each shifts all the others.
          if (done === null || integrated[index] === null) continue;
          expect(Math.abs(done - integrated[index]!)).toBeLessThan(2 * 1e-3 * (jobs.length + 1) ** 2);
        }
      }),
      { numRuns: 60 },
    );
  });
});

interface Arrival {
  readonly at: number;
  readonly size: number;
  readonly leavesAfter: number | null;
}

/** Completion times by {@link ProcessorSharing}; null for jobs that left before. */
function runExactly(jobs: readonly Arrival[], capacity: number): (number | null)[] {
  const sharing = new ProcessorSharing([capacity], jobs.length);
  const done = jobs.map((): number | null => null);
  const present = new Set<number>();
  const changes = jobs
    .flatMap(({ at, leavesAfter }, index) => [
      { time: at, index, comes: true },
      ...(leavesAfter === null ? [] : [{ time: at + leavesAfter, index, comes: false }]),
    ])
    .sort((a, b) => a.time - b.time);
  const finishUntil = (time: number) => {
    for (let first = sharing.first(0); first >= 0; first = sharing.first(0)) {
      const end = sharing.timeOfLevel(0, sharing.endLevel(first));
      if (end > time) return;
      sharing.advance(0, end);
      sharing.remove(0, first);
      present.delete(first);
      done[first] = end;
    }
  };
  for (const { time, index, comes } of changes) {
    finishUntil(time);
    sharing.advance(0, time);
    if (comes) sharing.add(0, index, jobs[index]!.size);
    else if (present.has(index)) sharing.remove(0, index);
    if (comes) present.add(index);
    else present.delete(index);
  }
  finishUntil(Number.POSITIVE_INFINITY);
  return done;
}

/** The same by small steps of time. */
function integrate(jobs: readonly Arrival[], capacity: number, step: number): (number | null)[] {
  const done = jobs.map((): number | null => null);
  const left = jobs.map(({ size }) => size);
  for (let count = 0; count < 400 / step; count++) {
    const time = count * step;
    const here = jobs.flatMap(({ at, leavesAfter }, index) =>
      at <= time && done[index] === null && (leavesAfter === null || time < at + leavesAfter) ? [index] : [],
    );
    for (const index of here) {
      left[index]! -= (capacity * step) / here.length;
      if (left[index]! <= 0) done[index] = time + step;
    }
    if (here.length === 0 && jobs.every(({ at }) => at < time)) break;
  }
  return done;
}
