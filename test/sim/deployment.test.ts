/**
 * One request at a time, so that every moment can be computed by hand. It is generated at 30 s; with 10 ms one way,
 * resolution takes 20 ms, setting up the association 40 ms, and the request reaches pe1 at 30.07 s. The accept is back
 * at 30.08 s. Session keep-alives leave at 31.08 s and every 1.02 s from then: …, 34.14, 35.16. Faults strike at 35 s,
 * so the keep-alive of 35.16 s is the first that can stay unanswered, and its timeout ends at 36.16 s. Of the 4.93e6
 * calculations done at 35 s, the cookie of 34.07 s has secured 4e6.
 */
import { describe, expect, test } from 'vitest';
import {
  all,
  at,
  cutPath,
  type Fault,
  freeze,
  impair,
  isolate,
  kill,
  ms,
  named,
  powerOff,
  s,
  shutdown,
} from '../../harness/index.js';
import { simulate } from '../../harness/sim/simulate.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { type PlanParts, planWith } from './plans.js';

const run = (fault: Fault<never>, parts: PlanParts = {}, lasting = s(15), when = s(10)) =>
  simulate(planWith({ faults: [at(when, fault, { lasting })], ...parts }), { record: true });

/** The only failover of a run, with times cut to microseconds. */
function failoverOf(result: ReturnType<typeof run>) {
  expect(result.failovers.length).toBe(1);
  const { detection, selection, connection, resumption, repeatedCalculations, ...row } = result.failovers[0]!;
  const stages = { detection, selection, connection, resumption };
  const cut = (value: number | null) => (value === null ? null : Number(value.toFixed(6)));
  return {
    ...row,
    stages: Object.fromEntries(Object.entries(stages).map(([name, value]) => [name, cut(value)])),
    repeated: Math.round(repeatedCalculations!),
  };
}

/** What follows once the user has noticed: one round trip, two, and one. */
const afterDetection = { selection: 0.02, connection: 0.04, resumption: 0.02 };
const victim = named('pe1');

describe('a deployment without faults', () => {
  test('starts a request in four round trips', () => {
    const { requests, metrics } = simulate(planWith(), { record: true });
    expect(metrics.startupDelay).toBeCloseTo(0.08, 9);
    // 15 s of work, and the completion is on its way for the delay that the accept was faster than the work.
    expect(requests[0]!.processingTime).toBeCloseTo(15, 9);
    expect(requests[0]!.element).toBe('pe1');
  });
});

describe('what the user of a failed element notices, and when', () => {
  test('shutdown: told once the last cookie is acknowledged, together with what came before it; nothing is lost', () => {
    const failover = failoverOf(run(shutdown(victim)));
    expect(failover).toMatchObject({ phase: 'running', oldElement: 'pe1', newElement: 'pe2', repeated: 0 });
    // The keep-alive of 35.16 s takes the acknowledgement along.
    expect(failover.stages).toEqual({ detection: 0.18, ...afterDetection });
  });

  test('shutdown and back at once at another address: the process ends first, so the user is told all the same', () => {
    const result = run(shutdown(victim, { reappear: 'new-address' }), {}, s(0));
    expect(failoverOf(result).stages.detection).toBeLessThan(0.25);
    expect(result.faults[0]!.healedAt! - result.faults[0]!.injectedAt).toBeCloseTo(0.22, 6);
  });

  test('kill: the kernel ends the association, so the user learns after one delay, and loses 0.93e6', () => {
    const failover = failoverOf(run(kill(victim)));
    expect(failover).toMatchObject({ faultKind: 'kill', repeated: 930_000 });
    expect(failover.stages).toEqual({ detection: 0.01, ...afterDetection });
  });

  test.each([
    // The answer to the keep-alive of 35.16 s is sent at 35.17 s and acknowledged 0.2 s after its arrival.
    { sackDelay: s(0.2), detection: 0.2 },
    { sackDelay: ms(20), detection: 0.02 },
    { sackDelay: ms(1), detection: 0.01 },
  ])('kill at 35.2 s: the kernel first waits until what was sent is acknowledged ($detection s)', (row) => {
    const { sackDelay, detection } = row;
    const topology = dualHomed({ elements: 2, users: 1, sctp: { sackDelay } });
    const { failovers } = simulate(planWith({ topology, faults: [at(s(10.2), kill(victim))] }), { record: true });
    expect(failovers[0]!.detection).toBeCloseTo(detection, 6);
  });

  test('powerOff: silence until the keep-alive of 35.16 s times out', () => {
    const failover = failoverOf(run(powerOff(victim)));
    expect(failover).toMatchObject({ faultAt: 35, newElement: 'pe2', repeated: 930_000 });
    expect(failover.stages).toEqual({ detection: 1.16, ...afterDetection });
  });

  test('powerOff and back at once at the same address: its kernel answers the keep-alive with an abort', () => {
    const failover = failoverOf(run(powerOff(victim), {}, s(0)));
    expect(failover.stages).toEqual({ detection: 0.18, ...afterDetection });
  });

  test('powerOff and back at once at a new address: nobody answers at the old one', () => {
    const failover = failoverOf(run(powerOff(victim, { reappear: 'new-address' }), {}, s(0)));
    expect(failover.stages).toEqual({ detection: 1.16, ...afterDetection });
  });

  test('freeze: transport acknowledges, but nobody answers', () => {
    const failover = failoverOf(run(freeze(victim)));
    expect(failover).toMatchObject({ faultKind: 'freeze', repeated: 930_000 });
    expect(failover.stages).toEqual({ detection: 1.16, ...afterDetection });
  });

  test('isolate: silence, and the element works on in vain until its own keep-alive, of 35.15 s, times out', () => {
    const failover = failoverOf(run(isolate(victim)));
    expect(failover).toMatchObject({ faultKind: 'isolate', repeated: 930_000 + 1_150_000 });
    expect(failover.stages).toEqual({ detection: 1.16, ...afterDetection });
  });

  test('a short freeze goes unnoticed: the answer comes within the timeout, the work later by the freeze', () => {
    const { failovers, requests } = run(freeze(victim), {}, s(0.5));
    expect(failovers).toEqual([]);
    expect(requests[0]!.processingTime).toBeCloseTo(15.5, 6);
  });
});

describe('two paths', () => {
  // The answer may be lost on the cut path as well, and be sent again another second later.
  const patient = { user: { sessionKeepAliveTimeout: s(3) }, element: { sessionKeepAliveTimeout: s(3) } };

  test('cutPath: a lost keep-alive goes the other way after RTO.min; with 3 s to answer nobody fails over', () => {
    const { failovers, requests } = run(cutPath(victim, 'red'), patient);
    expect(failovers).toEqual([]);
    expect(requests[0]!.state).toBe('completed');
  });

  test('cutPath: with 1 s to answer the retransmission comes too late', () => {
    const failover = failoverOf(run(cutPath(victim, 'red')));
    expect(failover.stages).toEqual({ detection: 1.16, ...afterDetection });
  });

  test.each([250, 950])('cutPath: it comes in time with an RTO.min of %i ms', (rtoMin) => {
    // With 950 ms at 36.11 s; the answer takes the other network at once, for the cookie of 35.07 s got lost before it.
    const topology = dualHomed({ elements: 2, users: 1, sctp: { rtoMin: ms(rtoMin) } });
    expect(run(cutPath(victim, 'red'), { topology }).failovers).toEqual([]);
  });

  test('a cut of the path that is not the primary one is not noticed', () => {
    expect(run(cutPath(victim, 'blue')).failovers).toEqual([]);
  });

  test('an association is set up over the other path after the initial timeout of 3 s', () => {
    // The registrar must not notice before: it would name another element.
    const slow = { endpointKeepAliveInterval: s(60) };
    const parts = { user: { requestTimeout: s(10) }, registrar: slow };
    const { metrics } = run(cutPath(victim, 'red'), parts, s(15), s(1));
    // Resolution 20 ms, 3 s until the second INIT; the rest keeps to the path that the answer came over.
    expect(metrics.startupDelay).toBeCloseTo(0.02 + 3 + 0.04 + 0.02, 6);
  });
});

describe('impaired networks', () => {
  test('delay on the elements’ side comes on top of the network’s, both ways', () => {
    const { metrics } = run(impair(all('elements') as never, { delay: ms(100) }), {}, s(15), s(0));
    // Resolution is between user and registrar: 20 ms. Then three round trips of twice 10 + 100 ms.
    expect(metrics.startupDelay).toBeCloseTo(0.02 + 3 * 0.22, 9);
  });

  test.each(['in', 'out'] as const)('delay on one way only counts once per round trip: %s', (direction) => {
    const { metrics } = run(impair(all('elements') as never, { delay: ms(100) }, { direction }), {}, s(15), s(0));
    expect(metrics.startupDelay).toBeCloseTo(0.02 + 3 * 0.12, 9);
  });

  test('a lost answer to INIT is asked for again after 3 s', () => {
    const parts = { user: { requestTimeout: s(10) } };
    const { metrics } = run(impair(victim, { lossPercent: 100 }), parts, s(1), s(5));
    expect(metrics.startupDelay).toBeCloseTo(0.02 + 3 + 0.06, 9);
  });

  test('a corrupted packet is a lost packet', () => {
    const parts = { user: { requestTimeout: s(10) } };
    const { metrics } = run(impair(victim, { corruptPercent: 100 }), parts, s(1), s(5));
    expect(metrics.startupDelay).toBeCloseTo(0.02 + 3 + 0.06, 9);
  });
});

describe('the registrar', () => {
  test('removes a silent element by endpoint keep-alives, and a killed one at once', () => {
    expect(run(powerOff(victim)).metrics.endpointKeepAliveTimeouts).toBe(1);
    expect(run(kill(victim)).metrics.endpointKeepAliveTimeouts).toBe(0);
  });

  test('with MAX-BAD-PE-REPORT 1 and slow keep-alives, the user’s report removes it before the next choice', () => {
    const slow = { endpointKeepAliveInterval: s(60), endpointKeepAliveTimeout: s(60) };
    const parts = { element: { policy: 'LeastUsed' as const } };
    const hit = (maxBadPeReports: number) =>
      run(powerOff(victim), { ...parts, registrar: { ...slow, maxBadPeReports } }).failovers[0]!;
    expect(hit(1).newElement).toBe('pe2');
    expect(hit(1).delay).toBeLessThanOrEqual(hit(Number.POSITIVE_INFINITY).delay!);
  });
});

describe('a recorded journal', () => {
  test('strikes instead of the plan’s own faults, at the same distance from the measurement', () => {
    const plan = planWith({ faults: [at(s(2), kill(victim))] });
    const recorded = { kind: 'powerOff', host: 'pe1', network: null, injectedAt: 1010, healedAt: 1025 };
    const { faults, failovers } = simulate(plan, { record: true, journal: { measureAt: 1000, faults: [recorded] } });
    expect(faults).toMatchObject([{ kind: 'powerOff', host: 'pe1', injectedAt: 35, healedAt: 50 }]);
    expect(failovers[0]!.detection).toBeCloseTo(1.16, 9);
  });
});
