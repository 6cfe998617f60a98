/**
 * What components do beside the protocols, worked out by hand for the one request of `plans.ts`: pe1 is killed at 35 s,
 * which its user notices one delay later, 35.01 s; the question takes 20 ms and the association 40 ms, so the cookie echo
 * leaves at 35.07 s.
 */
import { describe, expect, test } from 'vitest';
import { at, type Fault, kill, named, powerOff, s, shutdown } from '../../harness/index.js';
import { noQuirks, type Quirks } from '../../harness/sim/quirks.js';
import { simulate } from '../../harness/sim/simulate.js';
import { type PlanParts, planWith } from './plans.js';

const run = (fault: Fault<never>, quirks: Partial<Quirks>, parts: PlanParts = {}, lasting = s(15)) =>
  simulate(planWith({ faults: [at(s(10), fault, { lasting })], ...parts }), {
    record: true,
    quirks: { ...noQuirks, ...quirks },
  });
const resumptions = (...args: Parameters<typeof run>) => run(...args).failovers.map(({ resumption }) => resumption);

describe('a cookie echo that is read late', () => {
  const late = { lateCookieEcho: true };

  test('waits for the user’s next session keep-alive, an interval and a delay each way later', () => {
    expect(resumptions(kill(named('pe1')), late)[0]).toBeCloseTo(1.02, 6);
    const slow = { user: { sessionKeepAliveInterval: s(4) }, element: { sessionKeepAliveInterval: s(4) } };
    expect(resumptions(kill(named('pe1')), late, slow)[0]).toBeCloseTo(4.02, 6);
  });

  test('does not concern a request without a cookie, which is sent again', () => {
    const without = { element: { cookieInterval: Number.POSITIVE_INFINITY } };
    expect(resumptions(kill(named('pe1')), late, without)[0]).toBeCloseTo(0.02, 6);
  });

  test('costs the request that time: nobody works on it meanwhile', () => {
    const completed = (quirks: Partial<Quirks>) => run(kill(named('pe1')), quirks).requests[0]!.processingTime!;
    expect(completed(late) - completed({})).toBeCloseTo(1, 6);
  });

  test('is read as the element shuts down, too', () => {
    // pe1 at 35 s, then pe2 at 35.5 s with the cookie echo unread: it accepts and says goodbye at once.
    const faults = [
      at(s(10), kill(named('pe1')), { lasting: s(0.1) }),
      at(s(10.5), shutdown(named('pe2')), { lasting: s(5) }),
    ];
    const { failovers } = simulate(planWith({ faults }), { record: true, quirks: { ...noQuirks, ...late } });
    // 0.5 s after the fault, less what came before the cookie echo, and a delay back.
    expect(failovers[0]!.resumption).toBeCloseTo(0.5 - 0.07 + 0.01, 6);
    expect(failovers[1]!.oldElement).toBe('pe2');
  });
});

describe('an element that takes its time to return', () => {
  test('is away for so long where it is to be back at once, and for as long as is asked where that is longer', () => {
    const away = (returnSeconds: number, lasting: number) => {
      const [fault] = run(powerOff(named('pe1')), { returnSeconds }, {}, s(lasting)).faults;
      return fault!.healedAt! - fault!.injectedAt;
    };
    expect(away(0, 0)).toBe(0);
    expect(away(0.4, 0)).toBeCloseTo(0.4, 9);
    expect(away(0.4, 3)).toBeCloseTo(3, 9);
  });
});

test('a user that tries to connect for 5 s leaves a dead element that much later, and waits for answers as before', () => {
  // pe1 is the first choice, gone before the request comes at 30 s, and the registrar has not noticed.
  const blind = {
    registrar: { endpointKeepAliveInterval: s(100) },
    phases: { settle: s(0), warmUp: s(25), measure: s(40) },
  };
  const faults = [at(s(1), powerOff(named('pe1')), { lasting: s(30) })];
  const leftAt = (connectSeconds: number | null) => {
    const quirks = { ...noQuirks, connectSeconds };
    return simulate(planWith({ faults, ...blind }), { record: true, quirks }).failovers[0]!.detectedAt!;
  };
  expect(leftAt(null)).toBeCloseTo(31.02, 6);
  expect(leftAt(1)).toBeCloseTo(31.02, 6);
  expect(leftAt(5)).toBeCloseTo(35.02, 6);
});

test('a failover counts from the fault that ended its element, though the host was struck again before it was noticed', () => {
  const faults = [12, 10.2, 11].map((when) => at(s(when), powerOff(named('pe1'), { reappear: 'new-address' })));
  const slow = { user: { sessionKeepAliveInterval: s(8) }, element: { sessionKeepAliveInterval: s(8) } };
  const [failover] = simulate(planWith({ faults, ...slow }), { record: true }).failovers;
  expect(failover!.faultAt).toBeCloseTo(35.2, 6);
});
