import { describe, expect, test } from 'vitest';
import paperBase from '../../experiments/paper-base.js';
import { type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import { all, busy, every, exponential, failure, impair, isolate, kill, ms, mtbf, s } from '../../harness/index.js';
import { simulate } from '../../harness/sim/simulate.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { planWith } from './plans.js';

const base = (policy: string, seed = 1): Plan => {
  const phases = { settle: 60, warmUp: 60, measure: 600 };
  return resolvePlan(paperBase, { seed, point: { policy }, phases });
};
const busyPlan = (seed = 1) =>
  planWith({
    seed,
    topology: dualHomed({ elements: 3, users: 6 }),
    user: { requestSize: exponential(3e6), requestInterval: exponential(s(8)) },
    phases: { settle: s(5), warmUp: s(10), measure: s(300), drain: s(30) },
    faults: [
      every(s(40), kill(busy('elements')), { lasting: s(10) }),
      every(s(70), isolate(busy('elements')), { lasting: s(5) }),
      every(s(55), impair(all('users'), { lossPercent: 10, delay: ms(10), jitter: ms(2) }), { lasting: s(20) }),
    ],
  });
const text = (plan: Plan) => JSON.stringify(simulate(plan, { record: true }));

describe('determinism', () => {
  test.each(['LeastUsed', 'RoundRobin', 'Random'])('%s: the same plan gives the same result, bit for bit', (policy) => {
    expect(text(base(policy))).toBe(text(base(policy)));
  });

  test('so does a deployment with losses, jitter and faults that are drawn', () => {
    expect(text(busyPlan())).toBe(text(busyPlan()));
  });

  test('another seed gives another result', () => {
    expect(text(base('Random', 2))).not.toBe(text(base('Random')));
    expect(text(busyPlan(2))).not.toBe(text(busyPlan()));
  });

  test('recording changes no number', () => {
    for (const plan of [base('LeastUsed'), busyPlan()]) {
      expect(simulate(plan).metrics).toEqual(simulate(plan, { record: true }).metrics);
    }
  });

  test('a known run has known numbers: a change of the model, or a machine that computes otherwise, shows here', () => {
    const { utilisationPercent, handlingTime, events } = simulate(base('LeastUsed')).metrics;
    expect({ utilisationPercent, handlingTime, events }).toMatchInlineSnapshot(`
      {
        "events": 3181,
        "handlingTime": 10.416656622389546,
        "utilisationPercent": 55.34857935908546,
      }
    `);
  });

  test('requests are the same whatever policy, faults or model: common random numbers', () => {
    const requestsOf = (plan: Plan) =>
      simulate(plan, { record: true }).requests.map(({ user, id, size, queuedAt }) => [user, id, size, queuedAt]);
    const reference = requestsOf(base('LeastUsed'));
    expect(requestsOf(base('Random'))).toEqual(reference);
    expect(requestsOf({ ...base('LeastUsed'), faults: [] })).toEqual(reference);
    expect(requestsOf({ ...base('LeastUsed'), model: 'deployment' })).toEqual(reference);
  });

  test('faults of a host are the same whatever happens to the others', () => {
    const faultsOf = (plan: Plan) =>
      simulate(plan, { record: true })
        .faults.filter(({ host }) => host === 'pe1')
        .map(({ injectedAt }) => injectedAt);
    const mean = s(100);
    const some = { ...base('LeastUsed'), faults: [mtbf(mean, failure(all('elements')))] } as Plan;
    const other = { ...base('Random'), faults: [mtbf(mean, failure(all('elements')))] } as Plan;
    expect(faultsOf(some).length).toBeGreaterThan(3);
    expect(faultsOf(some)).toEqual(faultsOf(other));
  });
});
