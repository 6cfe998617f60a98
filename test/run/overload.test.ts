import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../harness/result/journal.js';
import { overload, sharesOf, watchLoad } from '../../harness/run/overload.js';

const shares = (parts: Partial<Parameters<typeof overload>[0]>) => ({
  ...{ seconds: 60, busy: 20, waited: 1, stolen: 0.5 },
  ...parts,
});

describe('a lab was overloaded', () => {
  it('not when it had its CPU', () => expect(overload(shares({}))).toEqual([]));

  it.each([
    [{ stolen: 12.34 }, "the machine's hypervisor withheld its CPUs (steal) 12.3 % of the time (tolerable: 5 %)"],
    [{ waited: 30 }, 'the lab kernel waited for a CPU that others used 30.0 % of the time (tolerable: 25 %)'],
    [{ busy: 97 }, "the lab kernel's CPU was busy 97.0 % of the time (tolerable: 95 %)"],
    [{ busy: 99, waited: null }, 'all CPUs were busy 99.0 % of the time (tolerable: 95 %)'],
  ])('%j', (parts, reason) => expect(overload(shares(parts))).toEqual([`the lab was overloaded: ${reason}`]));

  it('in several ways at once', () => expect(overload(shares({ stolen: 50, waited: 50, busy: 100 }))).toHaveLength(3));
});

it('samples count by their length', () => {
  const samples = [
    { seconds: 1, busy: 0.5, waited: 0.1, stolen: 0 },
    { seconds: 3, busy: 0.1, waited: 0.02, stolen: 0.04 },
  ];
  expect(sharesOf(samples)).toEqual({ seconds: 4, busy: 20, waited: 4, stolen: 3 });
  expect(sharesOf([{ seconds: 1, busy: 1, waited: null, stolen: 0 }])?.waited).toBeNull();
  expect(sharesOf([])).toBeNull();
});

it('only measurement and drain are watched, and every event is passed on', async () => {
  const passed: JournalEvent[] = [];
  let now = 1000;
  const clock = { now: () => now, sleepUntil: async () => {} };
  const { begin, onEvent, end } = watchLoad({
    ...{ folder: '', session: 'abcdef', clock, signal: new AbortController().signal },
    onEvent: (event) => passed.push(event),
  });
  begin(null);
  for (const [phase, seconds] of [
    ['warmUp', 30],
    ['measure', 4],
    ['drain', 2],
    ['collect', 9],
    ['end', 1],
  ] as const) {
    onEvent({ event: 'phase', time: now, phase });
    now += seconds;
  }
  expect(passed).toHaveLength(5);
  expect(end().shares?.seconds).toBe(6);
});
