import { describe, expect, it } from 'vitest';
import type { Check } from '../../harness/experiment/checks.js';
import { failoverDelay, handlingSpeed, handlingTime, noRequestLost, s, utilisation } from '../../harness/index.js';
import type { FailoverRow, RequestRow } from '../../harness/result/rows.js';
import { judge } from '../../harness/run/judge/judge.js';
import type { Outcome } from '../../harness/run/outcome.js';
import { complete, failoversInWindow, summarise } from '../../harness/run/summarise.js';
import { smallPlan } from './plan.js';

/** Generated at `queuedAt`; waits 1 s, is accepted 0.5 s later, takes 2 s: 2e6 calculations in 3.5 s. */
const request = (id: number, queuedAt: number, parts: Partial<RequestRow> = {}): RequestRow => ({
  user: 'pu1',
  id,
  size: 2e6,
  state: 'completed',
  queuedAt,
  startedAt: queuedAt + 1,
  acceptedAt: queuedAt + 1.5,
  completedAt: queuedAt + 3.5,
  queuingDelay: 1,
  startupDelay: 0.5,
  processingTime: 2,
  handlingTime: 3.5,
  handlingSpeed: 2e6 / 3.5,
  failovers: 0,
  element: 'pe1',
  ...parts,
});
const unfinished = { completedAt: null, processingTime: null, handlingTime: null, handlingSpeed: null };
const open = (id: number, queuedAt: number) => request(id, queuedAt, { state: 'open', ...unfinished });
const lost = (id: number, queuedAt: number) => request(id, queuedAt, { state: 'lost', ...unfinished });

const failover = (faultAt: number, delay: number | null): FailoverRow => ({
  user: 'pu1',
  requestId: 1,
  oldElement: 'pe1',
  newElement: delay === null ? null : 'pe2',
  faultId: 1,
  faultKind: 'powerOff',
  phase: 'running',
  faultAt,
  detectedAt: faultAt + 1,
  selectedAt: null,
  connectedAt: null,
  resumedAt: delay === null ? null : faultAt + delay,
  delay,
  detection: 1,
  selection: null,
  connection: null,
  resumption: null,
  repeatedCalculations: null,
});

const outcomeOf = (parts: Partial<Outcome>): Outcome => ({
  requests: [],
  failovers: [],
  keepAlives: null,
  faults: [],
  utilisationPercent: 40,
  wire: null,
  window: { from: 10, to: 30 },
  reasons: [],
  notes: [],
  kernel: '6.1.0',
  ...parts,
});

const context = { on: 'netns', clock: 'real' as const, versions: { rsplab: '0.1.0' }, replay: 'rsplab run x' };
const numbersOf = (parts: Partial<Outcome>, checks: Check[] = []) => {
  const plan = smallPlan({ checks });
  const outcome = outcomeOf(parts);
  const numbers = summarise(plan, outcome, context);
  return complete(numbers, judge(plan, numbers, outcome));
};

describe('the window', () => {
  it('counts requests that were in the system in it, and those completed in it as completed', () => {
    const requests = [
      request(1, 2), // over before it
      request(2, 8), // completes at 11.5
      request(3, 20),
      request(4, 28), // completes at 31.5, after it
      request(5, 31), // begins after it
      open(6, 25),
      lost(7, 12),
    ];
    expect(numbersOf({ requests }).requests).toEqual({ queued: 5, completed: 2, lost: 1, open: 2 });
  });

  it('takes each delay where it ended', () => {
    // Dequeued at 9, before the window; accepted at 10.5 and completed in it.
    const { delays } = numbersOf({ requests: [request(1, 8, { acceptedAt: 10.5, startupDelay: 1.5 })] });
    expect([delays.queuing.count, delays.startup.count, delays.processing.count, delays.handling.count]).toEqual([
      0, 1, 1, 1,
    ]);
  });

  it('holds the failovers whose fault struck in it', () => {
    const failovers = [failover(9, 1), failover(10, 2), failover(29, 3), failover(31, 4)];
    expect(failoversInWindow(outcomeOf({ failovers })).map(({ delay }) => delay)).toEqual([2, 3]);
    expect(numbersOf({ failovers }).failovers).toMatchObject({ count: 2, open: 0, delay: { mean: 2.5, max: 3 } });
  });

  it('holds nothing when the run never came to it', () => {
    const summary = numbersOf({ window: null, requests: [request(1, 2)], reasons: ['the lab never opened'] });
    expect(summary.requests).toEqual({ queued: 0, completed: 0, lost: 0, open: 0 });
  });
});

describe('the handling speed', () => {
  it('is the ratio of totals, also in percent of the mean capacity', () => {
    const requests = [request(1, 12), request(2, 14, { size: 6e6, handlingTime: 4.5, completedAt: 18.5 })];
    // 8e6 calculations in 8 s; the mean of speeds would be 0.95e6.
    expect(numbersOf({ requests }).handlingSpeed).toEqual({ calculationsPerSecond: 1e6, percentOfCapacity: 100 });
  });

  it('is nothing without a completed request', () => {
    expect(numbersOf({ requests: [open(1, 12)] }).handlingSpeed).toEqual({
      calculationsPerSecond: null,
      percentOfCapacity: null,
    });
  });
});

describe('checks', () => {
  const requests = [request(1, 12)];
  const verdictOf = (check: Check, parts: Partial<Outcome>) => {
    const { checks, verdict } = numbersOf(parts, [check]);
    return [checks[0]!.verdict, checks[0]!.detail, verdict];
  };

  it.each<[string, Check, Partial<Outcome>, string, string]>([
    ['all requests well', noRequestLost(), { requests }, 'pass', '0 of 1 requests lost'],
    ['a lost request', noRequestLost(), { requests: [...requests, lost(2, 13)] }, 'fail', '1 of 2 requests lost'],
    ['no request', noRequestLost(), {}, 'unknown', 'there was no request'],
    [
      'a fast failover',
      failoverDelay({ maxBelow: s(3), p50Below: s(2.5) }),
      { failovers: [failover(12, 2)] },
      'pass',
      'p50 2 s, expected below 2.5 s; max 2 s, expected below 3 s (n = 1)',
    ],
    [
      'a slow failover',
      failoverDelay({ meanBelow: s(2) }),
      { failovers: [failover(12, 2)] },
      'fail',
      'mean 2 s, expected below 2 s (n = 1)',
    ],
    // Only those that resumed have a delay: without this rule the worst failover would make the numbers better.
    [
      'a failover that never ended',
      failoverDelay({ maxBelow: s(9) }),
      { failovers: [failover(12, 2), failover(20, null)] },
      'fail',
      '1 of 2 failovers never resumed',
    ],
    ['no failover', failoverDelay({ maxBelow: s(9) }), { requests }, 'unknown', 'there was no failover'],
    [
      'a short handling',
      handlingTime({ p99Below: s(4) }),
      { requests },
      'pass',
      'p99 3.5 s, expected below 4 s (n = 1)',
    ],
    [
      'nothing handled',
      handlingTime({ p99Below: s(4) }),
      { requests: [open(1, 12)] },
      'unknown',
      'there was no completed request',
    ],
    ['enough speed', handlingSpeed({ percentAtLeast: 57 }), { requests }, 'pass', '57.1 %, expected at least 57 %'],
    ['too little speed', handlingSpeed({ percentAtLeast: 60 }), { requests }, 'fail', '57.1 %, expected at least 60 %'],
    ['no speed', handlingSpeed({ percentAtLeast: 60 }), {}, 'unknown', 'there is no such number'],
    ['utilisation', utilisation({ percentAtMost: 40 }), { requests }, 'pass', '40.0 %, expected at most 40 %'],
    ['too much utilisation', utilisation({ percentAtMost: 39 }), { requests }, 'fail', '40.0 %, expected at most 39 %'],
    [
      'no utilisation',
      utilisation({ percentAtMost: 39 }),
      { utilisationPercent: null },
      'unknown',
      'there is no such number',
    ],
    ['a broken lab', noRequestLost(), { requests, reasons: ['the lab was overloaded'] }, 'unknown', 'the lab broke'],
    [
      'a broken lab that looks failed',
      noRequestLost(),
      { requests: [lost(1, 12)], reasons: ['pe1 ended'] },
      'unknown',
      'the lab broke',
    ],
  ])('with %s', (_, check, parts, verdict, detail) => {
    expect(verdictOf(check, parts)).toEqual([verdict, detail, verdict]);
  });

  it('make the run fail when one does, unknown when one is and none fails, else pass', () => {
    const verdict = (...checks: Check[]) => numbersOf({ requests }, checks).verdict;
    const [pass, fail, unknown] = [
      noRequestLost(),
      handlingSpeed({ percentAtLeast: 99 }),
      failoverDelay({ maxBelow: s(1) }),
    ];
    expect(verdict()).toBe('pass');
    expect(verdict(pass, pass)).toBe('pass');
    expect(verdict(pass, unknown)).toBe('unknown');
    expect(verdict(unknown, fail, pass)).toBe('fail');
  });
});
