/** Faults on users, and those of the network that are not of one host alone; the request is that of `plans.ts`. */
import { describe, expect, test } from 'vitest';
import {
  at,
  constant,
  cpuStarve,
  type Fault,
  flap,
  freeze,
  isolate,
  kill,
  named,
  partition,
  powerOff,
  s,
  shutdown,
} from '../../harness/index.js';
import { simulate } from '../../harness/sim/simulate.js';
import { type PlanParts, planWith } from './plans.js';

const run = (fault: Fault<never>, parts: PlanParts = {}, lasting = s(15), when = s(10)) =>
  simulate(planWith({ faults: [at(when, fault, { lasting })], ...parts }), { record: true });

const [user, element] = [named('pu1'), named('pe1')];
const long = { phases: { settle: s(0), warmUp: s(25), measure: s(90) } };

describe('a user', () => {
  test.each([kill(user), shutdown(user), powerOff(user)])('loses its request by a $kind', (fault) => {
    const { requests } = run(fault, long);
    // The one of 60 s finds it back; that of 90 s as well.
    expect(requests.map(({ queuedAt, state }) => [queuedAt, state])).toEqual([
      [30, 'lost'],
      [60, 'completed'],
      [90, 'completed'],
    ]);
  });

  test('generates nothing while it is dead, and loses what waits for it', () => {
    const parts = { ...long, user: { requestInterval: constant(s(10)) } };
    const { requests } = run(kill(user), parts, s(25), s(18));
    // It dies at 43 s in the midst of the request of 30 s, with that of 40 s waiting; 50 s and 60 s never come.
    const first = requests.slice(0, 5).map(({ queuedAt, state }) => [queuedAt, state]);
    expect(first.slice(0, 4)).toEqual([
      [10, 'completed'],
      [20, 'completed'],
      [30, 'lost'],
      [40, 'lost'],
    ]);
    expect(first[4]![0]).toBe(70);
  });

  test('that is frozen completes its request later, with another element: the first does not wait for it', () => {
    const { failovers, requests } = run(freeze(user), long);
    expect(requests[0]!.state).toBe('completed');
    expect(failovers[0]).toMatchObject({ user: 'pu1', faultKind: 'freeze' });
  });
});

describe('one way only', () => {
  test.each(['in', 'out'] as const)('an element cut off %s is given up as if it were silent', (direction) => {
    const { failovers } = run(isolate(element, { direction }));
    expect(failovers).toMatchObject([{ oldElement: 'pe1', newElement: 'pe2' }]);
    expect(failovers[0]!.detection).toBeCloseTo(1.16, 6);
  });
});

describe('a partition', () => {
  test('between user and element makes it fail over; the registrar reaches both', () => {
    const { failovers, metrics, faults } = run(partition([['pe1'], ['pu1']]));
    expect(failovers).toMatchObject([{ oldElement: 'pe1', newElement: 'pe2', faultKind: 'partition' }]);
    expect(failovers[0]!.detection).toBeCloseTo(1.16, 6);
    expect(metrics.endpointKeepAliveTimeouts).toBe(0);
    expect(faults.map(({ host, healedAt }) => [host, healedAt])).toEqual([
      ['pe1', 50],
      ['pu1', 50],
    ]);
  });

  test('between element and registrar costs the registration, not the session', () => {
    const { failovers, metrics } = run(partition([['pe1'], ['pr1']]));
    expect(failovers).toEqual([]);
    expect(metrics.endpointKeepAliveTimeouts).toBe(1);
  });

  test('of one network leaves the other', () => {
    const patient = { user: { sessionKeepAliveTimeout: s(3) }, element: { sessionKeepAliveTimeout: s(3) } };
    expect(run(partition([['pe1'], ['pu1']], { network: 'red' }), patient).failovers).toEqual([]);
  });
});

describe('links that flap', () => {
  test('are down and up in turn: a session lives through short gaps, and not through long ones', () => {
    const patient = { user: { sessionKeepAliveTimeout: s(4) }, element: { sessionKeepAliveTimeout: s(4) } };
    expect(run(flap(element, { down: s(0.3), up: s(1) }), patient).failovers).toEqual([]);
    expect(run(flap(element, { down: s(6), up: s(1) }), patient).failovers).toMatchObject([{ faultKind: 'flap' }]);
  });

  test('stay up once they are healed', () => {
    const { requests } = run(flap(element, { down: s(6), up: s(1) }), {}, s(3));
    expect(requests[0]!.state).toBe('completed');
  });
});

describe('a starved host', () => {
  test('answers later: half a millisecond of CPU takes 50 ms with a hundredth of it', () => {
    const { requests } = run(cpuStarve(element, { share: 0.01 }), {}, s(15), s(0));
    // The element notices the association and reads the request after it; its own timers come on top.
    expect(requests[0]!.startupDelay).toBeGreaterThan(0.08 + 0.05);
    expect(requests[0]!.startupDelay).toBeLessThan(0.08 + 0.3);
  });

  test('that keeps half of it is as good as whole', () => {
    const { requests } = run(cpuStarve(element, { share: 0.5 }), {}, s(15), s(0));
    expect(requests[0]!.startupDelay).toBeCloseTo(0.08, 2);
  });
});
