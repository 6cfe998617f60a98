import { describe, expect, test } from 'vitest';
import {
  all,
  at,
  cutPath,
  hosts,
  kill,
  ms,
  named,
  network,
  powerOff,
  s,
  shutdown,
  topology,
} from '../../harness/index.js';
import { simulate } from '../../harness/sim/simulate.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { singleLan } from '../../topologies/single-lan.js';
import { type PlanParts, planWith } from './plans.js';

const refused: [string, PlanParts, RegExp][] = [
  ['a second registrar', { model: 'rspsim', topology: singleLan({ registrars: 2 }) }, /exactly one registrar, got 2/],
  [
    'a distance penalty in RSPSIM',
    { model: 'rspsim', element: { policy: { name: 'LeastUsedDPF', distancePenaltyFactor: 0.1 } } },
    /no distances/,
  ],
  [
    'a registrar without power in RSPSIM',
    { model: 'rspsim', faults: [at(s(1), powerOff(named('pr1')))] },
    /powerOff hit pool elements only, got registrar/,
  ],
  ['kill in RSPSIM', { model: 'rspsim', faults: [at(s(1), kill(all('elements')))] }, /got kill/],
  ['cutPath in RSPSIM', { model: 'rspsim', faults: [at(s(1), cutPath(all('elements'), 'red'))] }, /got cutPath/],
  [
    'the old address in RSPSIM',
    { model: 'rspsim', faults: [at(s(1), shutdown(all('elements')))] },
    /as a stranger only .* got 'same-address'/,
  ],
  [
    'losses in RSPSIM',
    { model: 'rspsim', topology: lan({ lossPercent: 1 }) },
    /no network impairment .* lossPercent 1/,
  ],
  ['heartbeats of SCTP', { topology: dualHomed({ sctp: { heartbeatInterval: s(5) } }) }, /knows no heartbeatInterval/],
  ['SCTP in RSPSIM', { model: 'rspsim', topology: dualHomed({ sctp: { rtoMin: ms(250) } }) }, /knows no SCTP/],
  [
    'limits of rates in RSPSIM',
    { model: 'rspsim', registrar: { maxHandleResolutionRate: 10 } },
    /without limits of rates/,
  ],
  ['different delays in RSPSIM', { model: 'rspsim', topology: twoDelays() }, /one delay between any two hosts/],
  [
    'timeouts within the round trip in RSPSIM',
    { model: 'rspsim', topology: dualHomed({ delay: ms(600) }) },
    /timeouts above the round trip of 1.2 s, got \w+ 1 s/,
  ],
];

describe('a plan that the model cannot represent', () => {
  test.each(refused)('%s is refused, with the reason', (_, parts, reason) => {
    expect(() => simulate(planWith(parts))).toThrow(reason);
    expect(() => simulate(planWith(parts))).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });

  test('a journal for other hosts is refused', () => {
    const fault = { kind: 'kill', host: 'pe9', network: null, injectedAt: 1, healedAt: null };
    expect(() => simulate(planWith(), { journal: { measureAt: 0, faults: [fault] } })).toThrow(
      /unknown host, got 'pe9'/,
    );
  });
});

describe('unusual settings that are honoured', () => {
  test('elements of different capacity do work in proportion to it', () => {
    const plan = planWith({ model: 'rspsim' });
    const doubled = plan.hosts.map((host) =>
      host.role.kind === 'poolElement' ? { ...host, role: { ...host.role, capacity: 2e6 } } : host,
    );
    expect(simulate({ ...plan, hosts: doubled }).metrics.processingTime).toBeCloseTo(7.5, 6);
  });

  test('a full element rejects, and the request is tried again until it fits', () => {
    const parts = { element: { maxRequests: 1 }, topology: singleLan({ elements: 1, users: 3 }) };
    const phases = { warmUp: s(25), measure: s(60) };
    for (const model of ['rspsim', 'deployment'] as const) {
      const { metrics } = simulate(planWith({ ...parts, phases, model }));
      expect(metrics.serverSelections).toBeGreaterThan(metrics.requestsQueued + 10);
      // One at a time: three requests of 15 s each, less than a second lost between two of them.
      expect(metrics.requestsCompleted).toBe(3);
    }
  });

  test('an empty pool is asked again after 30 s by RSPSIM’s users, and after 0.25 s by those of a deployment', () => {
    const faults = [at(s(1), powerOff(all('elements'), { reappear: 'new-address' }), { lasting: s(10) })];
    const parts = { faults, phases: { warmUp: s(25), measure: s(45) } };
    const first = (model: 'rspsim' | 'deployment') =>
      simulate(planWith({ ...parts, model }), { record: true }).requests[0]!;
    expect(first('rspsim').startupDelay).toBeGreaterThan(30);
    expect(first('rspsim').startupDelay).toBeLessThan(30.2);
    // The element is back 36 s after the beginning; then come a question at most 0.25 s later, and four round trips.
    expect(first('deployment').acceptedAt).toBeGreaterThan(36);
    expect(first('deployment').acceptedAt).toBeLessThan(36 + 0.25 + 4 * 0.02);
  });

  test('cookies by time secure 4 s of work when they come every 2 s and the element dies after 4.93 s', () => {
    const element = { cookieInterval: Number.POSITIVE_INFINITY, cookieTime: s(2) };
    const faults = [at(s(10), powerOff(named('pe1'), { reappear: 'new-address' }))];
    const deployed = simulate(planWith({ element, faults }), { record: true });
    expect(deployed.failovers[0]!.repeatedCalculations).toBeCloseTo(930_000, 0);
    // Without association set-up the request is at the element 40 ms earlier.
    const simulated = simulate(planWith({ element, faults, model: 'rspsim' }), { record: true });
    expect(simulated.failovers[0]!.repeatedCalculations).toBeCloseTo(970_000, 0);
  });

  test('users of several pools are served by their own elements', () => {
    const plan = planWith({ topology: dualHomed({ elements: 2, users: 2 }), model: 'rspsim' });
    const inPool = (index: number) => ({ pool: `pool${index}` });
    const split = plan.hosts.map((host) =>
      host.role.kind === 'registrar' ? host : { ...host, role: { ...host.role, ...inPool(host.index) } },
    ) as typeof plan.hosts;
    for (const model of ['rspsim', 'deployment'] as const) {
      const { requests } = simulate({ ...plan, model, hosts: split }, { record: true });
      expect(requests.map(({ user, element }) => [user, element])).toEqual([
        ['pu1', 'pe1'],
        ['pu2', 'pe2'],
      ]);
    }
  });
});

function lan(impairment: { lossPercent: number }) {
  return topology({
    name: 'lan',
    networks: { lan: network('10.1.0.0/16', { delay: ms(10), ...impairment }) },
    hosts: {
      registrars: hosts(1, { on: ['lan'] }),
      elements: hosts(2, { on: ['lan'] }),
      users: hosts(1, { on: ['lan'] }),
    },
  });
}

function twoDelays() {
  return topology({
    name: 'two-delays',
    networks: { near: network('10.1.0.0/16', { delay: ms(1) }), far: network('10.2.0.0/16', { delay: ms(50) }) },
    hosts: {
      registrars: hosts(1, { on: ['near', 'far'] }),
      elements: hosts(2, { on: ['near', 'far'] }),
      users: hosts(1, { on: ['near', 'far'] }),
    },
  });
}
