/** The checks of what went wrong behind the numbers, each shown passing and failing. */
import { describe, expect, it } from 'vitest';
import type { Check } from '../../harness/experiment/checks.js';
import {
  exponential,
  noDeadElementSelected,
  noDuplicateCompletion,
  poolElement,
  poolUser,
  registrar,
  repeatedWork,
  s,
} from '../../harness/index.js';
import { Completions } from '../../harness/measure/completions.js';
import type { CalcAppMessage } from '../../harness/measure/packet.js';
import type { WireStatistics } from '../../harness/measure/statistics.js';
import type { FailoverRow, RequestRow } from '../../harness/result/rows.js';
import type { DeadSelectable } from '../../harness/result/selection.js';
import { judge } from '../../harness/run/judge/judge.js';
import type { Outcome } from '../../harness/run/outcome.js';
import { summarise } from '../../harness/run/summarise.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { measureRecording } from '../measure/recordings.js';
import { smallPlan } from './plan.js';

const nothing: Outcome = {
  requests: [],
  failovers: [],
  keepAlives: null,
  faults: [],
  utilisationPercent: null,
  wire: null,
  window: { from: 0, to: 100 },
  reasons: [],
  notes: [],
  kernel: null,
};

const judged = (check: Check, parts: Partial<Outcome>, clock: 'real' | 'simulated' = 'real', element = {}) => {
  const plan = smallPlan({
    checks: [check],
    topology: dualHomed({ elements: 3, users: 3 }),
    deploy: () => ({
      registrars: registrar(),
      elements: poolElement({ capacity: 1e6, cookieInterval: 1e6, ...element }),
      users: poolUser({ requestInterval: exponential(s(2)) }),
    }),
  });
  const outcome = { ...nothing, ...parts };
  const numbers = summarise(plan, outcome, { on: 'test', clock, versions: {}, replay: '' });
  const { verdict, detail } = judge(plan, numbers, outcome)[0]!;
  return [verdict, detail] as const;
};

const completed = { user: 'pu1', id: 1, state: 'completed', queuedAt: 1, completedAt: 9 } as RequestRow;

describe('noDuplicateCompletion', () => {
  const message = (element: string, job: number, sentAt: number, size = 5e6) =>
    ({ type: 'complete', job, size, sentAt, from: { host: element }, to: { host: 'pu1' } }) as CalcAppMessage;
  const seen = (...messages: CalcAppMessage[]) => {
    const completions = new Completions();
    for (const each of messages) completions.message(each);
    return {
      completions: { requests: completions.count, duplicates: completions.duplicates() },
    } as unknown as WireStatistics;
  };
  const check = (wire: WireStatistics | null) => judged(noDuplicateCompletion(), { requests: [completed], wire });

  it('passes when every request is completed once, also by a user that counts from 1 again', () => {
    expect(check(seen(message('pe1', 1, 3), message('pe2', 2, 4), message('pe1', 1, 9, 7e6)))).toEqual([
      'pass',
      '0 of 3 requests completed more than once',
    ]);
  });

  it('fails when two elements complete one, or one element does twice', () => {
    expect(check(seen(message('pe1', 1, 3), message('pe2', 1, 4.5), message('pe2', 2, 6)))).toEqual([
      'fail',
      "1 of 2 requests completed more than once: pu1's request 1 by pe1 at 3.000 s, pe2 at 4.500 s",
    ]);
    expect(check(seen(message('pe1', 1, 3), message('pe1', 1, 4)))[0]).toBe('fail');
  });

  it('is judged by its rows in a simulation, and unknown on a lab without a capture', () => {
    expect(check(null)).toEqual(['unknown', 'there is no capture that shows completions']);
    const rows = (requests: RequestRow[]) => judged(noDuplicateCompletion(), { requests }, 'simulated');
    expect(rows([completed, { ...completed, id: 2 }])).toEqual(['pass', '0 of 2 requests completed twice']);
    expect(rows([completed, completed])).toEqual(['fail', '1 of 1 requests completed twice']);
  });

  it('passes for a real run, with as many requests as were completed', async () => {
    const { wire, requests } = await measureRecording('power-off-sender');
    expect(wire!.completions.requests).toBe(requests.filter(({ state }) => state === 'completed').length);
    expect(judged(noDuplicateCompletion(), { requests, wire })[0]).toBe('pass');
  });
});

describe('noDeadElementSelected', () => {
  const dead = (parts: Partial<DeadSelectable>): DeadSelectable => ({
    ...{ faultId: 4, host: 'pe2', element: '0x01000301', faultAt: 20, removedAt: 21.5, seconds: 1.5 },
    ...{ lastOfferedAt: null, offered: 0, lastConnectedAt: null, connected: 0 },
    ...parts,
  });
  const check = (found: DeadSelectable[], after?: number) =>
    judged(noDeadElementSelected(after === undefined ? {} : { after: s(after) }), {
      wire: { deadSelectable: found } as unknown as WireStatistics,
    });

  it('passes when a registrar has had no time to notice', () => {
    expect(check([dead({ lastOfferedAt: 21.4, offered: 2, lastConnectedAt: 21.5, connected: 2 })])).toEqual([
      'pass',
      '1 elements silenced, named 2 times and connected to 2 times since, never later than 2.5 s after the fault',
    ]);
  });

  it('fails when it is named, or connected to, later than the registrar’s settings allow, or than asked', () => {
    expect(check([dead({}), dead({ host: 'pe1', lastOfferedAt: 23, offered: 1 })])).toEqual([
      'fail',
      '1 selected later than 2.5 s after their fault, pe1 (0x01000301) by 3 s after fault 4; ' +
        '2 elements silenced, named 1 times and connected to 0 times since',
    ]);
    expect(check([dead({ lastConnectedAt: 26, connected: 1 })])[0]).toBe('fail');
    expect(check([dead({ lastOfferedAt: 21.4, offered: 1 })], 1)[0]).toBe('fail');
  });

  it('is unknown when nobody died, or nobody saw', () => {
    expect(check([])[0]).toBe('unknown');
    expect(judged(noDeadElementSelected(), {})[0]).toBe('unknown');
  });

  it('sees in a real capture how long users were sent to elements that two power-offs had silenced', async () => {
    const { wire } = await measureRecording('two-elements');
    expect(judged(noDeadElementSelected(), { wire })[0]).toBe('pass');
    expect(wire!.deadSelectable.reduce((sum, { connected }) => sum + connected, 0)).toBe(1);
    expect(judged(noDeadElementSelected({ after: s(0.1) }), { wire })[0]).toBe('fail');
  });
});

describe('repeatedWork', () => {
  const row = (parts: Partial<FailoverRow>) =>
    ({
      ...{ user: 'pu1', requestId: 3, oldElement: 'pe1', newElement: 'pe2', faultKind: 'powerOff', phase: 'running' },
      ...{ faultAt: 50, detectedAt: 52, resumedAt: 52.1, repeatedCalculations: 9e5 },
      ...parts,
    }) as FailoverRow;
  const fault = (kind: string, target: string, injectedAt: number, healedAt: number | null) => ({
    ...{ kind, target, intendedAt: injectedAt, injectedAt, healedAt, evidence: 'seen' },
  });
  const check = (rows: FailoverRow[], faults: Outcome['faults'] = [], element = {}) =>
    judged(repeatedWork(), { failovers: rows, faults }, 'real', element);

  it('passes up to one cookie interval and what is on its way', () => {
    // 1e6, and 10 ms and 0.1 s of 1e6 calculations/s.
    expect(check([row({ repeatedCalculations: 1_109_999 })])).toEqual([
      'pass',
      '0 of 1 failovers repeated too much, 1,109,999 calculations in all; nearest to its limit: ' +
        "1,109,999 of at most 1,110,000 calculations, pu1's request 3 from pe1",
    ]);
  });

  it('fails beyond it', () => {
    expect(check([row({}), row({ repeatedCalculations: 1_110_001 })])[0]).toBe('fail');
  });

  it('lets an element that nobody hears work on until that is noticed', () => {
    const isolated = { faultKind: 'isolate', repeatedCalculations: 3.1e6 };
    expect(check([row(isolated)])[0]).toBe('pass');
    expect(check([row({ ...isolated, repeatedCalculations: 3.2e6 })])[0]).toBe('fail');
  });

  it('counts from the beginning of what hampered cookies before', () => {
    const late = row({ repeatedCalculations: 4e6 });
    expect(check([late])[0]).toBe('fail');
    expect(check([late], [fault('cutPath', 'pu1 on red', 47, 51)])[0]).toBe('pass');
    // Over long ago, or somebody else's.
    expect(check([late], [fault('cutPath', 'pu1 on red', 30, 40), fault('impair', 'pe2', 40, null)])[0]).toBe('fail');
  });

  it('takes the cookie time where that is sooner, and says when nothing limits', () => {
    expect(check([row({})], [], { cookieTime: 0.5 })[0]).toBe('fail');
    expect(check([row({})], [], { cookieInterval: Number.POSITIVE_INFINITY })[0]).toBe('unknown');
    expect(check([row({ repeatedCalculations: null })])[0]).toBe('unknown');
    expect(check([])[0]).toBe('unknown');
  });

  it('passes for a real power-off, and would fail with half the interval', async () => {
    const { failovers } = await measureRecording('power-off-sender');
    const of = (cookieInterval: number) => judged(repeatedWork(), { failovers }, 'real', { cookieInterval })[0];
    const most = Math.max(...failovers.map(({ repeatedCalculations }) => repeatedCalculations ?? 0));
    expect(most).toBeGreaterThan(2e5);
    expect(of(1e6)).toBe('pass');
    expect(of(most - 1.2e5)).toBe('fail');
  });
});
