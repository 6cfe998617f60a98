import { expect, it } from 'vitest';
import { type Policy, policySchema } from '../../../harness/experiment/policy.js';
import { policyParameter, policyState } from '../../../harness/pool/native/policy.js';

const policies: Policy[] = [
  ['RoundRobin'],
  ['WeightedRoundRobin', { weight: 3 }],
  ['Random'],
  ['WeightedRandom', { weight: 7 }],
  ['WeightedRandomDPF', { weight: 7, distancePenaltyFactor: 1 }],
  ['Priority', { priority: 9 }],
  ['LeastUsed'],
  ['LeastUsedDPF', { distancePenaltyFactor: 1 }],
  ['LeastUsedDegradation', { loadDegradation: 1 }],
  ['LeastUsedDegradationDPF', { loadDegradation: 1, distancePenaltyFactor: 1 }],
  ['PriorityLeastUsed', { loadDegradation: 1 }],
  ['PriorityLeastUsedDegradation', { loadDegradation: 1 }],
  ['PriorityLeastUsedDegradationDPF', { loadDegradation: 1, distancePenaltyFactor: 1 }],
  ['RandomizedLeastUsed'],
  ['RandomizedPriorityLeastUsed'],
].map(([name, parameters]) => policySchema.parse({ name, ...(parameters as object) }));

it.each(policies.map((policy) => [policy.name, policy] as const))('%s survives as a parameter', (name, policy) => {
  const state = policyState(policyParameter(policy, 1, 40))!;
  expect(state.policy).toEqual(policy);
  expect(state.load).toBe(name.includes('Least') ? 1 : 0);
  expect(state.distance).toBe(name.includes('DPF') ? 40 : 0);
});

it('fractions have 32 bits', () => {
  const { values } = policyParameter({ name: 'LeastUsed' }, 0.25);
  expect(values).toEqual([0x4000_0000]);
  expect(policyState({ kind: 'policy', policy: 0x4000_0001, values })!.load).toBeCloseTo(0.25, 9);
});

it('a policy that is not known is none, and values left out are nothing', () => {
  expect(policyState({ kind: 'policy', policy: 0x77, values: [] })).toBeNull();
  expect(policyState({ kind: 'policy', policy: 0x4000_0003, values: [0xffff_ffff] })).toEqual({
    ...{ policy: { name: 'PriorityLeastUsed', loadDegradation: 0 }, load: 1, distance: 0 },
  });
});
