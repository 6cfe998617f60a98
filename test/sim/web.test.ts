/** Web servers and their clients, predicted: three servers, 10 ms away, in the experiments that rsplab ships. */
import { describe, expect, test } from 'vitest';
import fuzz from '../../experiments/fuzz.js';
import webKill from '../../experiments/web-kill.js';
import webPowerOff from '../../experiments/web-power-off.js';
import webRollingRestart from '../../experiments/web-rolling-restart.js';
import { arrivalsOf } from '../../harness/experiment/arrivals.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  at,
  constant,
  type Duration,
  experiment,
  type Fault,
  freeze,
  kill,
  named,
  powerOff,
  registrar,
  s,
  shutdown,
  type WebUserOptions,
  webElement,
  webUser,
} from '../../harness/index.js';
import { simulate } from '../../harness/sim/simulate.js';
import { dualHomed } from '../../topologies/dual-homed.js';

const command = ['node', 'server.js'];
const lan = { pe: 0.02 };

interface Parts {
  fault?: Fault<never>;
  lasting?: Duration;
  elements?: number;
  measure?: Duration;
  user?: Partial<WebUserOptions>;
}

/** A request every 100 ms from 5.1 s on; the measurement, and with it the fault, begins at 7.025 s. */
function run({ fault, lasting = s(5), elements = 3, measure = s(12), user = {} }: Parts = {}) {
  const { rate: _, ...rest } = user;
  const description = experiment({
    name: 'web',
    topology: dualHomed({ elements, users: 1 }),
    deploy: () => ({
      registrars: registrar({ maxBadPeReports: 1 }),
      elements: webElement({ command }),
      users: webUser({ ...(user.k6 ? {} : { requestInterval: constant(s(0.1)) }), rampUp: s(0), ...rest }),
    }),
    phases: { settle: s(5), warmUp: s(2.025), measure },
    faults: fault ? [at(s(0), fault, { lasting })] : [],
    model: 'deployment',
  });
  const { web, ...result } = simulate(resolvePlan(description, { seed: 1 }), { record: true });
  const rows = web!.map((row) => ({ ...row, latency: row.endedAt === null ? null : row.endedAt - row.intendedAt }));
  return { ...result, rows, answered: rows.filter(({ error, endedAt }) => error === null && endedAt !== null) };
}

/** Latencies that occur, in milliseconds. */
const latencies = (rows: readonly { latency: number | null }[]) =>
  [...new Set(rows.map(({ latency }) => Math.round(1e3 * latency!)))].sort((a, b) => a - b);

describe('clients of web servers', () => {
  test('make requests when they are due, and wait a round trip; the first of each server sets up a connection', () => {
    const { rows, metrics } = run();
    expect(rows.slice(0, 3).map(({ intendedAt }) => intendedAt)).toEqual(
      [5.1, 5.2, 5.3].map((at) => expect.closeTo(at, 9)),
    );
    expect(latencies(rows)).toEqual([1e3 * lan.pe, 1e3 * 2 * lan.pe]);
    expect(rows.filter(({ latency }) => latency! > 1.5 * lan.pe)).toHaveLength(3);
    // Elements take turns.
    for (const name of ['pe1', 'pe2', 'pe3'])
      expect(rows.filter(({ element }) => element === name).length / rows.length).toBeCloseTo(1 / 3, 1);
    expect(metrics.handlingTime).toBeCloseTo(lan.pe, 9);
  });

  test('of the same plan come at the same times as in a laboratory', () => {
    const plan = resolvePlan(webKill, { seed: 3 });
    const { web } = simulate(plan, { record: true });
    const { role } = plan.hosts.find(({ name }) => name === 'pu1')!;
    if (role.kind !== 'poolUser') throw new Error('pu1 is a user');
    const arrivals = arrivalsOf(3, 'pu1', 1, role.requestInterval, role.load!.rampUp);
    const first = Array.from({ length: 20 }, () => arrivals.next().value);
    expect(web!.slice(0, 20).map(({ intendedAt }) => intendedAt)).toEqual(first);
  });
});

describe('a server', () => {
  test('that loses its power is given up after a keep-alive, and what it had is answered by another', () => {
    const { rows, failovers } = run({ fault: powerOff(named('pe1')) });
    expect(rows.filter(({ error }) => error !== null)).toEqual([]);
    // The first that it gets is due within 0.3 s; the keep-alive is sent 1 s later and waited for as long.
    const [first] = failovers;
    expect(first).toMatchObject({ oldElement: 'pe1', faultKind: 'powerOff', phase: 'starting' });
    expect(first!.detection).toBeGreaterThan(2);
    expect(first!.detection).toBeLessThan(2.3);
    expect(first!.resumption).toBeCloseTo(lan.pe, 9);
    expect(failovers.every(({ delay }) => delay! > 2 && delay! < 2.4)).toBe(true);
  });

  test('that is frozen is given up as late, though its kernel still takes connections', () => {
    const { answered, rows, failovers } = run({ fault: freeze(named('pe1')) });
    expect(answered.length).toBeGreaterThan(rows.length - 3);
    expect(failovers.length).toBeGreaterThan(0);
    expect(Math.min(...failovers.map(({ detection }) => detection!))).toBeGreaterThan(1.9);
  });

  test('that is killed costs a round trip where its registration is still believed', () => {
    const { rows } = run({ fault: kill(named('pe1')) });
    const retried = rows.filter(({ retries }) => retries! > 0);
    expect(rows.every(({ error }) => error === null)).toBe(true);
    expect(retried.length).toBeLessThanOrEqual(1);
    expect(latencies(retried).every((ms) => ms <= 1e3 * 3 * lan.pe)).toBe(true);
  });

  test('that is shut down goes on serving until nobody comes any more, and returns', () => {
    const { rows, faults } = run({ fault: shutdown(named('pe1')), lasting: s(0.2) });
    expect(rows.every(({ error, retries }) => error === null && (retries ?? 0) === 0)).toBe(true);
    // It drains for a second before it ends.
    expect(faults[0]!.healedAt! - faults[0]!.injectedAt).toBeCloseTo(1, 9);
    const since = rows.filter(({ intendedAt }) => intendedAt > faults[0]!.injectedAt);
    expect(since.some(({ element }) => element === 'pe1')).toBe(true);
  });

  test('that was the only one lets requests fail, in the words of the proxy', () => {
    const { rows } = run({ fault: powerOff(named('pe1')), elements: 1, lasting: s(8) });
    const errors = new Set(rows.flatMap(({ error }) => error ?? []));
    expect([...errors].join('\n')).toMatch(/The pool 'WebPool' (has no element|gave no answer; tried pe1: it)/);
    // Once it is back, it is found again.
    expect(rows.at(-2)).toMatchObject({ error: null, element: 'pe1' });
  });
});

describe('clients that', () => {
  test.each([kill(named('pu1')), powerOff(named('pu1'))])(
    'end by a $kind tell nothing of what was under way',
    (fault) => {
      const { rows, faults } = run({ fault });
      const { injectedAt, healedAt } = faults[0]!;
      expect(rows.filter(({ intendedAt }) => intendedAt > injectedAt && intendedAt < healedAt!)).toEqual([]);
      // Their next life counts anew.
      expect(rows.find(({ intendedAt }) => intendedAt > healedAt!)).toMatchObject({ id: 1 });
    },
  );

  test('are still waiting when the run ends have an open request', () => {
    const { rows } = run({ fault: freeze(named('pe1')), measure: s(1) });
    const open = rows.filter(({ endedAt }) => endedAt === null);
    expect(open.length).toBeGreaterThan(2);
    expect(open[0]).toMatchObject({ error: null, answeredAt: null, element: null });
  });
});

const shipped = [1, 2, 3].flatMap((seed) => [
  resolvePlan(webKill, { seed }),
  resolvePlan(webPowerOff, { seed }),
  resolvePlan(webRollingRestart, { seed }),
]);
test.each(shipped)('no request of $experiment fails with seed $seed', (plan) => {
  const { web } = simulate(plan, { record: true });
  expect(web!.length).toBeGreaterThan(300);
  expect(web!.filter(({ error }) => error !== null)).toEqual([]);
});

test('malformed messages are thrown away; an element of the attacker is asked and never answers', () => {
  const failovers = (target: string) =>
    simulate(resolvePlan(fuzz, { seed: 1, point: { target } }), { record: true }).metrics.unreachables;
  expect(failovers('registrars')).toBe(0);
  expect(failovers('elements')).toBe(0);
  expect(failovers('users')).toBeGreaterThan(0);
});

test('scripts of k6 are refused', () => {
  expect(() => run({ user: { k6: 'load.ts' } })).toThrow(/knows no scripts of k6, got load\.ts; take a lab/);
});
