/** Pools whose elements do not agree on a policy, and policies that count distances. */
import { expect, it } from 'vitest';
import type { Plan } from '../../harness/experiment/plan.js';
import { constant, minutes, type PoolElementOptions, s } from '../../harness/index.js';
import { simulate } from '../../harness/sim/simulate.js';
import { planWith } from './plans.js';

/** A request every 10 s for five minutes; two elements. */
const pool = (policy: PoolElementOptions['policy']): Plan =>
  structuredClone(
    planWith({
      element: { ...(policy && { policy }) },
      user: { requestSize: constant(1e6), requestInterval: constant(s(10)) },
      phases: { settle: s(0), warmUp: s(5), measure: minutes(5) },
    }),
  );

function servedBy(plan: Plan): Set<string | null> {
  const { requests } = simulate(plan, { record: true });
  const served = requests.filter(({ state }) => state === 'completed');
  expect(served.length).toBeGreaterThan(25);
  return new Set(served.map(({ element }) => element));
}

const hostOf = ({ hosts }: Plan, name: string) => hosts.find((host) => host.name === name)!;

it('a pool has the policy of its first element; one with another policy is refused', () => {
  const plan = pool('LeastUsed');
  expect(servedBy(plan)).toEqual(new Set(['pe1', 'pe2']));
  Object.assign(hostOf(plan, 'pe2').role, { policy: { name: 'RoundRobin' } });
  expect(servedBy(plan)).toEqual(new Set(['pe1']));
});

it.each([
  [0, ['pe1', 'pe2']],
  [0.01, ['pe2']],
])('with a distance penalty factor of %d, elements at 100 and 10 ms are used: %j', (distancePenaltyFactor, used) => {
  const plan = pool({ name: 'LeastUsedDPF', distancePenaltyFactor });
  plan.topology.networks.blue!.impairment.delay = 0.1;
  for (const [name, network] of [
    ['pe1', 'blue'],
    ['pe2', 'red'],
  ] as const) {
    const host = hostOf(plan, name);
    host.legs = host.legs.filter((leg) => leg.network === network);
  }
  expect(servedBy(plan)).toEqual(new Set(used));
});
