import { expect, it } from 'vitest';
import { exponential } from '../../../harness/experiment/distribution.js';
import { resolvePlan } from '../../../harness/experiment/plan.js';
import { experiment, hosts, network, poolElement, poolUser, registrar, s, topology } from '../../../harness/index.js';
import type { FailoverRow, RequestRow } from '../../../harness/result/rows.js';
import type { RunFiles } from '../../../reports/run/read.js';
import { timelineOf } from '../../../reports/run/segments.js';

const plan = resolvePlan(
  experiment({
    name: 'lanes',
    topology: topology({
      name: 'lan',
      networks: { lan: network('10.1.0.0/24') },
      hosts: {
        users: hosts(2, { on: ['lan'] }),
        elements: hosts(2, { on: ['lan'] }),
        registrars: hosts(1, { on: ['lan'] }),
      },
    }),
    deploy: () => ({
      users: poolUser({ requestInterval: exponential(s(5)) }),
      elements: poolElement(),
      registrars: registrar(),
    }),
    phases: { measure: s(60) },
  }),
);
const [user, other] = plan.hosts.filter(({ role }) => role.kind === 'poolUser').map(({ name }) => name) as [
  string,
  string,
];
const [first, second] = plan.hosts.filter(({ role }) => role.kind === 'poolElement').map(({ name }) => name) as [
  string,
  string,
];

const request = (row: Partial<RequestRow>): RequestRow => ({
  ...{ user, id: 1, size: 1e6, state: 'completed', queuedAt: 1, startedAt: 2, acceptedAt: 3, completedAt: 20 },
  ...{ queuingDelay: 1, startupDelay: 1, processingTime: 17, handlingTime: 19, handlingSpeed: 1, failovers: 0 },
  element: first,
  ...row,
});
const failover = (row: Partial<FailoverRow>): FailoverRow => ({
  ...{ user, requestId: 1, oldElement: first, newElement: second, faultId: 1, faultKind: 'powerOff', phase: 'running' },
  ...{ faultAt: 10, detectedAt: 11, selectedAt: 11.1, connectedAt: 11.2, resumedAt: 12, delay: 2 },
  ...{ detection: 1, selection: 0.1, connection: 0.1, resumption: 0.8, repeatedCalculations: 0 },
  ...row,
});
const lanesOf = (requests: RequestRow[], failovers: FailoverRow[] = []) => {
  const run = { plan, journal: [], requests, failovers, end: 60, window: null } as unknown as RunFiles;
  return new Map(timelineOf(run).lanes.map(({ name, spans }) => [name, spans.map((span) => Object.values(span))]));
};

it('gives each host a lane: registrars, elements, users', () => {
  expect([...lanesOf([]).keys()]).toEqual(['pr1', 'pe1', 'pe2', 'pu1', 'pu2']);
});

it('splits a request into its states, and adds the stall', () => {
  const lanes = lanesOf([request({ element: second })], [failover({})]);
  expect(lanes.get(user)).toEqual([
    ['queued', 1, 2, 0],
    ['starting', 2, 3, 0],
    ['running', 3, 20, 0],
    ['stalled', 10, 12, 0],
  ]);
});

it('shows each element busy while it served: the old one up to the fault, the new one from its answer', () => {
  const lanes = lanesOf([request({ element: second })], [failover({})]);
  expect(lanes.get(first)).toEqual([['serving', 3, 10, 1]]);
  expect(lanes.get(second)).toEqual([['serving', 12, 20, 1]]);
});

it('adds up requests that an element serves at a time', () => {
  const lanes = lanesOf([request({}), request({ user: other, acceptedAt: 5, completedAt: 8 })]);
  expect(lanes.get(first)).toEqual([
    ['serving', 3, 5, 1],
    ['serving', 5, 8, 2],
    ['serving', 8, 20, 1],
  ]);
});

it('leaves what never finished in its last state until the end', () => {
  const open = request({ state: 'open', completedAt: null });
  expect(lanesOf([open]).get(user)?.at(-1)).toEqual(['running', 3, 60, 0]);
  const stalled = lanesOf([open], [failover({ newElement: null, resumedAt: null })]);
  expect(stalled.get(user)?.at(-1)).toEqual(['stalled', 10, 60, 0]);
  expect(stalled.get(first)).toEqual([['serving', 3, 10, 1]]);
  const waiting = request({ state: 'open', startedAt: null, acceptedAt: null, completedAt: null });
  expect(lanesOf([waiting]).get(user)).toEqual([['queued', 1, 60, 0]]);
});
