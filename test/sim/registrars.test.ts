/**
 * Several registrars, for the one request of `plans.ts`: it is generated at 30 s, and pr1, the home of both elements, is
 * struck at 35 s where nothing else is said. All ways take 10 ms. Registrars' hearts beat every second, from a moment
 * that is drawn; a peer is missed after 2 s, and taken over if it does not answer within another 2 s.
 */
import { describe, expect, test } from 'vitest';
import chaos from '../../experiments/chaos.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  at,
  type Fault,
  freeze,
  isolate,
  kill,
  named,
  type PoolElementOptions,
  powerOff,
  s,
  shutdown,
} from '../../harness/index.js';
import { noQuirks, type Quirks } from '../../harness/sim/quirks.js';
import { simulate } from '../../harness/sim/simulate.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { planWith } from './plans.js';

interface Parts {
  registrars?: number;
  quirks?: Partial<Quirks>;
  lasting?: number;
  when?: number;
  element?: PoolElementOptions;
  seed?: number;
}

function run(fault: Fault<never>, parts: Parts = {}) {
  const { registrars = 2, quirks = {}, lasting = 15, when = 10, element = {}, seed = 1 } = parts;
  const plan = planWith({
    seed,
    topology: dualHomed({ registrars, elements: 2, users: 1 }),
    registrar: { peerHeartbeatCycle: s(1), peerMaxTimeLastHeard: s(2), peerMaxTimeNoResponse: s(2) },
    element,
    phases: { settle: s(0), warmUp: s(25), measure: s(60) },
    faults: [at(s(when), fault, { lasting: s(lasting) })],
  });
  const result = simulate(plan, { record: true, quirks: { ...noQuirks, ...quirks } });
  return { ...result, registrars: result.registrars! };
}

/** Elements that each registrar holds when the run ends. */
const heldAtEnd = ({ registrars: { holdings }, moments }: ReturnType<typeof run>) =>
  holdings.filter(({ to }) => to === moments.endAt).map(({ elements }) => elements);
const home = named('pr1');
const seeds = [1, 2, 3, 4, 5];

describe('without faults', () => {
  test('all registrars hold the elements of one home, confirmed by checksums, and take over nothing', () => {
    const { registrars, requests, ...result } = run(kill(home), { registrars: 3, when: 59 });
    const before = registrars.audits.filter(({ at: time }) => time < 84);
    expect(before.length).toBeGreaterThan(6 * 80);
    expect(before.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(registrars.takeovers).toMatchObject([{ elements: 2 }]);
    expect(requests[0]!.state).toBe('completed');
    expect(result.metrics.endpointKeepAliveTimeouts).toBe(0);
  });
});

describe('the home of the elements is silent', () => {
  test.each(seeds)('a peer misses it 2 s after its last heartbeat, and takes over 2 s later (seed %i)', (seed) => {
    const [takeover] = run(isolate(home), { seed }).registrars.takeovers;
    // Its last heartbeat was at most a second old, and is heard 10 ms later.
    expect(takeover!.detection).toBeGreaterThan(1.01);
    expect(takeover!.detection).toBeLessThan(2.011);
    expect(takeover).toMatchObject({ noticedBy: 'pr2', takenOverBy: 'pr2', elements: 2, rehomed: 2, expiredAt: null });
    expect(takeover!.takeover! - takeover!.detection!).toBeCloseTo(2, 6);
  });

  test.each([isolate(home), powerOff(home), freeze(home)])('of three, the second wins the votes: $kind', (fault) => {
    const [takeover] = run(fault, { registrars: 3 }).registrars.takeovers;
    expect(takeover).toMatchObject({ takenOverBy: 'pr2', rehomed: 2, faultKind: fault.kind });
    // Asking for the vote takes a round trip.
    expect(takeover!.takeover! - takeover!.detection!).toBeCloseTo(2.02, 6);
  });

  test('an element registers with the new home three round trips later: association, question, answer and confirmation', () => {
    const { takeovers, rehomings } = run(isolate(home)).registrars;
    expect(rehomings.map(({ element, newHome }) => [element, newHome])).toEqual([
      ['pe1', 'pr2'],
      ['pe2', 'pr2'],
    ]);
    for (const { delay } of rehomings) expect(delay! - takeovers[0]!.takeover!).toBeCloseTo(0.06, 6);
  });

  test('an element that renews its registration gets no answer, and finds another home after 3 s', () => {
    // Registered at 0.04 s and renewed 5 s after each confirmation: at 35.04 + 0.02 × 8 s, before it is taken over.
    const slow = run(isolate(home), { element: { registrationLife: s(15) } }).registrars.rehomings;
    for (const { delay } of slow) expect(delay).toBeLessThan(3.4);
  });

  test('a user asks another one after 3 s', () => {
    const { resolutions } = run(isolate(home), { when: 4 }).registrars;
    expect(resolutions[0]).toMatchObject({ user: 'pu1', asked: 'pr1', tries: 2, answeredBy: 'pr2', faultId: 1 });
    // Then it sets up an association, and asks.
    expect(resolutions[0]!.delay).toBeCloseTo(3 + 0.04 + 0.02, 6);
  });

  test('back again, it learns who has its elements, and no element is lost', () => {
    for (const fault of [isolate(home), freeze(home), powerOff(home), kill(home), shutdown(home)])
      expect(heldAtEnd(run(fault, { registrars: 3 }))).toEqual([2, 2, 2]);
  });
});

describe('the home of the elements is killed', () => {
  test('elements and users turn to another one as soon as its kernel aborts their associations', () => {
    const { rehomings, takeovers } = run(kill(home)).registrars;
    // The abort, an association, and the registration.
    for (const { delay } of rehomings) expect(delay).toBeCloseTo(0.01 + 0.04 + 0.01, 6);
    // Nothing is left to be taken over.
    expect(takeovers).toMatchObject([{ rehomed: 2, takenOverBy: null }]);
    const { delay, tries } = run(kill(home), { when: 4 }).registrars.resolutions[0]!;
    expect([delay!.toFixed(3), tries]).toEqual(['0.020', 1]);
  });

  test('with a single registrar users wait until it is back, and has looked for others for 5 s', () => {
    const { requests } = run(kill(home), { registrars: 1, when: 4, lasting: 10 });
    expect(requests[0]!.startupDelay).toBeGreaterThan(9 + 5);
    expect(requests[0]!.acceptedAt).not.toBeNull();
  });
});

describe('what RSPLIB does otherwise', () => {
  test('the last registrar takes over nothing, gives up after 5 s, and nobody looks after the elements', () => {
    const [takeover] = run(isolate(home), { quirks: { votesNeeded: true } }).registrars.takeovers;
    expect(takeover).toMatchObject({ takenOverBy: null });
    expect(takeover!.expiredAt! - takeover!.noticedAt!).toBeCloseTo(2 + 5, 6);
  });

  test('an element that waits for its home is taken over, or has none', () => {
    const quirks = { waitsForHome: true };
    const [alone] = run(kill(home), { quirks: { ...quirks, votesNeeded: true } }).registrars.takeovers;
    expect(alone).toMatchObject({ elements: 2, rehomed: 0 });
    const { takeovers, rehomings } = run(kill(home), { quirks, registrars: 3 }).registrars;
    expect(takeovers).toMatchObject([{ takenOverBy: 'pr2', rehomed: 2 }]);
    for (const { delay } of rehomings) expect(delay! - takeovers[0]!.takeover!).toBeCloseTo(0.06, 6);
  });

  test('a registrar that comes back destroys what is no longer its own', () => {
    const quirks = { foreignRemovals: true, waitsForHome: true };
    expect(Math.min(...heldAtEnd(run(isolate(home), { quirks })))).toBe(0);
    expect(heldAtEnd(run(isolate(home)))).toEqual([2, 2]);
  });

  test('a silent takeover is learned of by a checksum', () => {
    const differing = (silentTakeover: boolean) =>
      run(isolate(home), { registrars: 3, quirks: { silentTakeover, waitsForHome: true } }).registrars.audits.filter(
        ({ registrar, peer, agrees }) => registrar === 'pr3' && peer === 'pr2' && !agrees,
      ).length;
    expect(differing(true)).toBeGreaterThan(differing(false));
  });

  test('updates are no sign of life', () => {
    // Two users keep the load changing, and with it the registrations.
    const missed = (heardByPresence: boolean) => {
      const plan = planWith({
        topology: dualHomed({ registrars: 2, elements: 2, users: 8 }),
        registrar: { peerHeartbeatCycle: s(5), peerMaxTimeLastHeard: s(6), peerMaxTimeNoResponse: s(2) },
        element: { policy: 'LeastUsed' },
        user: { targetUtilisation: 0.6 },
        faults: [at(s(10), isolate(home), { lasting: s(15) })],
      });
      const { registrars } = simulate(plan, { record: true, quirks: { ...noQuirks, heardByPresence } });
      return registrars!.takeovers[0]!.detection!;
    };
    expect(missed(true)).toBeLessThan(missed(false));
    expect(missed(false)).toBeLessThan(6.02);
  });
});

test('the same seed gives the same run', () => {
  expect(run(isolate(home), { registrars: 3 })).toEqual(run(isolate(home), { registrars: 3 }));
});

test('a user that has asked another registrar meanwhile takes no late answer of the first: it serves one request at a time', () => {
  // A starved user, whose registrars answer while it is not running; its second answer was a second attempt once.
  const { requests } = simulate(resolvePlan(chaos, { seed: 11_148 }), { record: true });
  const users = new Map(requests.map(({ user }) => [user, requests.filter((row) => row.user === user)]));
  expect(users.size).toBe(4);
  for (const rows of users.values()) {
    const served = rows.filter(({ startedAt }) => startedAt !== null).sort((a, b) => a.startedAt! - b.startedAt!);
    expect(served.length).toBeGreaterThan(2);
    served.slice(1).forEach(({ startedAt }, at) => {
      expect(served[at]!.completedAt!).toBeLessThanOrEqual(startedAt!);
    });
  }
});
