/** What registrars held after the last fault, on built data: two registrars, three elements, healed at 20 s. */
import { describe, expect, it } from 'vitest';
import type { Check } from '../../harness/experiment/checks.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  experiment,
  exponential,
  poolAtFullStrength,
  poolElement,
  poolUser,
  registrar,
  registrarsAgree,
  s,
} from '../../harness/index.js';
import type { Audit } from '../../harness/measure/enrp.js';
import type { HoldingRow } from '../../harness/result/registrars.js';
import { judge } from '../../harness/run/judge/judge.js';
import type { Outcome } from '../../harness/run/outcome.js';
import { summarise } from '../../harness/run/summarise.js';
import { dualHomed } from '../../topologies/dual-homed.js';

const holding = (registrar: string, from: number, to: number, elements: number, ownElements: number): HoldingRow => ({
  ...{ registrar, from, to, peers: 1, elements, ownElements },
});
/** Each audits the other every 2 s. */
const audits = (disagreeing: (audit: Audit) => boolean = () => false): Audit[] =>
  Array.from({ length: 24 }, (_, n) => 2 * n).flatMap((at) =>
    [
      { registrar: 'pr1', peer: 'pr2', at, agrees: true },
      { registrar: 'pr2', peer: 'pr1', at: at + 0.3, agrees: true },
    ].map((audit) => ({ ...audit, agrees: !disagreeing(audit) })),
  );
const fault = (injectedAt: number, healedAt: number | null) => ({
  ...{ kind: 'isolate', target: 'pr1', intendedAt: injectedAt, injectedAt, healedAt, evidence: 'links down' },
});

interface Parts {
  registrars?: number;
  holdings: HoldingRow[];
  audits?: Audit[];
  faults?: ReturnType<typeof fault>[];
  to?: number;
}

function judged(check: Check, { registrars = 2, holdings, to = 40, ...parts }: Parts): [string, string] {
  const plan = resolvePlan(
    experiment({
      name: 'test',
      topology: dualHomed({ registrars, elements: 3, users: 1 }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestInterval: exponential(s(15)) }),
      }),
      phases: { measure: s(60) },
      checks: [check],
    }),
  );
  const outcome: Outcome = {
    ...{ requests: [], failovers: [], keepAlives: null, utilisationPercent: null, wire: null },
    registrars: {
      ...{ takeovers: [], rehomings: [], resolutions: [], holdings },
      audits: parts.audits ?? audits(),
    },
    faults: parts.faults ?? [fault(10, 20)],
    window: { from: 5, to },
    ...{ reasons: [], notes: [], kernel: null },
  };
  const context = { on: 'uml', clock: 'real' as const, versions: {}, replay: '' };
  const [result] = judge(plan, summarise(plan, outcome, context), outcome);
  return [result!.verdict, result!.detail];
}

/** pr1 is cut off from 10 s to 20 s, loses all elements, and has learnt them from pr2 by 23 s. */
const recovered = [
  holding('pr1', 3, 12, 3, 3),
  holding('pr1', 12.5, 22.5, 0, 0),
  holding('pr1', 23, 41, 3, 0),
  holding('pr2', 3, 14, 3, 0),
  holding('pr2', 14.5, 41, 3, 3),
];
/** As it really went: pr1's late updates had pr2 remove what it had taken over. */
const depleted = [
  ...recovered.slice(0, 2),
  holding('pr1', 23, 41, 1, 0),
  ...recovered.slice(3, 4),
  holding('pr2', 14.5, 20.5, 3, 3),
  holding('pr2', 21, 41, 1, 1),
];

describe('a pool at full strength', () => {
  it('passes when every registrar has every element in time, and fails when it is late', () => {
    const detail = 'all 3 pool elements were registered everywhere 3 s after the last healing';
    expect(judged(poolAtFullStrength({ within: s(5) }), { holdings: recovered })).toEqual([
      'pass',
      `${detail}, expected within 5 s`,
    ]);
    expect(judged(poolAtFullStrength({ within: s(2) }), { holdings: recovered })).toEqual([
      'fail',
      `${detail}, expected within 2 s`,
    ]);
  });

  it('fails when elements are missing at the end, and says who holds how many', () => {
    const [verdict, detail] = judged(poolAtFullStrength({ within: s(15) }), { holdings: depleted });
    expect(verdict).toBe('fail');
    expect(detail).toBe(
      'of 3 pool elements pr1 held 1 (0 its own), pr2 held 1 (1 its own) (missing on the wire: pe1, pe2, pe3) ' +
        'when the run ended, 20 s after the last healing; expected otherwise within 15 s',
    );
  });

  it('is unknown when the run ended before the time was over', () => {
    expect(judged(poolAtFullStrength({ within: s(25) }), { holdings: depleted })[0]).toBe('unknown');
  });

  it('fails when the fault was never healed', () => {
    const holdings = [holding('pr1', 3, 12, 3, 3), holding('pr1', 12.5, 41, 0, 0), ...recovered.slice(3)];
    const [verdict, detail] = judged(poolAtFullStrength({ within: s(20) }), { holdings, faults: [fault(10, null)] });
    expect([verdict, detail]).toEqual(['fail', expect.stringContaining('30 s after the last fault (not healed)')]);
    // Healed when the run was over is not healed.
    expect(judged(poolAtFullStrength({ within: s(20) }), { holdings, faults: [fault(10, 41)] })[0]).toBe('fail');
  });

  it('asks only registrars that run: one that is dead has no statistics any more', () => {
    const holdings = [holding('pr1', 3, 10, 3, 3), ...recovered.slice(3)];
    expect(judged(poolAtFullStrength({ within: s(20) }), { holdings, faults: [fault(10, null)] })[0]).toBe('pass');
    expect(judged(poolAtFullStrength({ within: s(5) }), { holdings: [] })).toEqual([
      'unknown',
      'no registrar was running when the run ended',
    ]);
  });

  it('does not take what comes and goes for full strength', () => {
    const flapping = [...recovered.slice(0, 2), holding('pr1', 23, 25, 3, 0), holding('pr1', 25.5, 27, 2, 0)];
    const holdings = [...flapping, holding('pr1', 27.5, 41, 3, 0), ...recovered.slice(3)];
    expect(judged(poolAtFullStrength({ within: s(5) }), { holdings })).toEqual([
      'fail',
      expect.stringContaining('7.5 s after the last healing'),
    ]);
  });
});

describe('registrars agree', () => {
  it('when they hold the same and confirm each other’s checksums in time', () => {
    const [verdict, detail] = judged(registrarsAgree({ within: s(5) }), { holdings: recovered });
    expect(verdict).toBe('pass');
    expect(detail).toBe(
      '2 of 2 registrars held the same 3 pool elements (20 checksums confirmed) 3 s after the last healing, ' +
        'expected within 5 s',
    );
    expect(judged(registrarsAgree({ within: s(2) }), { holdings: recovered })[0]).toBe('fail');
  });

  it('also on too little: that is what the other check is for', () => {
    expect(judged(registrarsAgree({ within: s(5) }), { holdings: depleted })[0]).toBe('pass');
  });

  it('not while one of them asks for the other’s handle table', () => {
    const late = audits(({ registrar, at }) => registrar === 'pr1' && at <= 30);
    expect(judged(registrarsAgree({ within: s(5) }), { holdings: recovered, audits: late })).toEqual([
      'fail',
      expect.stringContaining('12 s after the last healing'),
    ]);
    const never = audits(({ registrar }) => registrar === 'pr1');
    expect(judged(registrarsAgree({ within: s(5) }), { holdings: recovered, audits: never })).toEqual([
      'fail',
      expect.stringContaining('pr1 held another checksum for pr2 than pr2 announced'),
    ]);
  });

  it('not when one of them hears nothing of the other', () => {
    const deaf = audits().filter(({ registrar, at }) => registrar === 'pr2' || at < 20);
    expect(judged(registrarsAgree({ within: s(5) }), { holdings: recovered, audits: deaf })).toEqual([
      'fail',
      expect.stringContaining('pr1 heard nothing from pr2 any more'),
    ]);
  });

  it('not when an element has two homes, or none', () => {
    const two = [...recovered.slice(0, 2), holding('pr1', 23, 41, 3, 1), ...recovered.slice(3)];
    expect(judged(registrarsAgree({ within: s(5) }), { holdings: two })).toEqual([
      'fail',
      expect.stringContaining('registrars differed: pr1 held 3 (1 its own), pr2 held 3 (3 its own)'),
    ]);
  });

  it('though samples of one change are half a second apart', () => {
    const skewed = [
      ...recovered.slice(0, 2),
      ...[holding('pr1', 23, 30, 2, 0), holding('pr1', 30.5, 41, 3, 0)],
      ...[holding('pr2', 14.5, 29.9, 2, 2), holding('pr2', 30.4, 41, 3, 3)],
    ];
    expect(judged(registrarsAgree({ within: s(5) }), { holdings: skewed })[0]).toBe('pass');
  });

  it('is unknown of a single registrar', () => {
    const holdings = recovered.slice(3);
    expect(judged(registrarsAgree({ within: s(5) }), { registrars: 1, holdings })[0]).toBe('unknown');
    expect(judged(registrarsAgree({ within: s(5) }), { holdings })).toEqual([
      'unknown',
      '1 of 2 registrars ran when the run ended',
    ]);
  });
});
