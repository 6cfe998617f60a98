import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { hostsWith } from '../../harness/experiment/plan.js';
import { constant, type Distribution, exponential, s } from '../../harness/index.js';
import { Arrivals } from '../../harness/sim/arrivals.js';
import { RequestStreams } from '../../harness/sim/requests.js';
import { Roles } from '../../harness/sim/roles.js';
import { singleLan } from '../../topologies/single-lan.js';
import { planWith } from './plans.js';

function streamsOf(intervals: readonly Distribution[], seed: number) {
  const plan = planWith({
    topology: singleLan({ users: intervals.length }),
    user: { requestInterval: exponential(s(30)) },
  });
  const users = hostsWith(plan, 'poolUser').map((host, at) => ({
    ...host,
    role: { ...host.role, requestInterval: intervals[at]!, requestSize: exponential(1e6) },
  }));
  const names = users.map(({ name }) => name);
  return new RequestStreams(5, names, new Roles(users), randomFrom(seed));
}

/** What each user generates up to a time, user by user. */
function naively(streams: RequestStreams, until: number) {
  const requests: { time: number; size: number; slot: number }[] = [];
  for (let user = 0; user < streams.users; user++) {
    for (; streams.time(user) <= until; streams.advance(user)) {
      requests.push({ time: streams.time(user), size: streams.size(user), slot: 100 + user });
    }
  }
  return requests.sort((a, b) => a.time - b.time || a.slot - b.slot);
}

function taken(arrivals: Arrivals, until: number) {
  const requests: { time: number; size: number; slot: number }[] = [];
  while (arrivals.firstTime <= until) {
    const time = arrivals.firstTime;
    const slot = arrivals.shift();
    requests.push({ time, size: arrivals.size, slot });
  }
  return requests;
}

describe('arrivals', () => {
  const interval = fc.oneof(
    fc.double({ min: 0.5, max: 200, noNaN: true }).map((mean) => exponential(mean)),
    fc.integer({ min: 1, max: 50 }).map((value) => constant(value)),
  );

  test('are what the users generate one by one, in order of time, and at one time in order of users', () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 30 }), fc.nat(), (intervals, seed) => {
        const arrivals = new Arrivals(streamsOf(intervals, seed), 5, 100);
        expect(taken(arrivals, 400)).toEqual(naively(streamsOf(intervals, seed), 400));
      }),
      { numRuns: 100 },
    );
  });

  test('never come where there are no users', () => {
    const nobody = new RequestStreams(5, [], new Roles([]), randomFrom(1));
    expect(new Arrivals(nobody, 5, 100).firstTime).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a user that generated nothing for a while', () => {
  const timesOf = (streams: RequestStreams, count: number) =>
    Array.from({ length: count }, () => {
      const time = streams.time(0);
      streams.advance(0);
      return time;
    });

  test('generates what was due as that time ends, and the others an interval later each', () => {
    // Due at 9, 13, 17 …
    const streams = streamsOf([constant(s(4))], 1);
    streams.pause(0, 8, 20);
    expect(timesOf(streams, 3)).toEqual([20, 24, 28]);
  });

  test('also where requests from before that time still wait', () => {
    const streams = streamsOf([constant(s(4))], 1);
    streams.pause(0, 10, 20);
    streams.pause(0, 23, 30);
    expect(timesOf(streams, 4)).toEqual([9, 20, 30, 34]);
  });
});
