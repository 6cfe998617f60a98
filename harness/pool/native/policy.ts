/** Pool policies as parameters: RFC 5356, and RSPLIB's own numbers for those that it adds. */
import type { Policy, PolicyName } from '../../experiment/policy.js';
import type { ParameterOf } from './parameter.js';

/** Fractions are 32 bits wide: 0xffffffff is all of it. */
const whole = 0xffff_ffff;

type Value = 'weight' | 'priority' | 'load' | 'loadDegradation' | 'distancePenaltyFactor' | 'distance';

/** Which values follow the number, in which order. */
const layouts: Record<PolicyName, { readonly number: number; readonly values: readonly Value[] }> = {
  RoundRobin: { number: 0x1, values: [] },
  WeightedRoundRobin: { number: 0x2, values: ['weight'] },
  Random: { number: 0x3, values: [] },
  WeightedRandom: { number: 0x4, values: ['weight'] },
  Priority: { number: 0x5, values: ['priority'] },
  LeastUsed: { number: 0x4000_0001, values: ['load'] },
  LeastUsedDegradation: { number: 0x4000_0002, values: ['load', 'loadDegradation'] },
  // RFC 5356 has a degradation here (section 5.3.2); RSPLIB leaves it out, and what is left out is none.
  PriorityLeastUsed: { number: 0x4000_0003, values: ['load', 'loadDegradation'] },
  RandomizedLeastUsed: { number: 0x4000_0004, values: ['load'] },
  RandomizedPriorityLeastUsed: { number: 0xb000_1001, values: ['load'] },
  PriorityLeastUsedDegradation: { number: 0xb000_1003, values: ['load', 'loadDegradation'] },
  WeightedRandomDPF: { number: 0xb000_2001, values: ['weight', 'distancePenaltyFactor', 'distance'] },
  LeastUsedDPF: { number: 0xb000_2002, values: ['load', 'distancePenaltyFactor', 'distance'] },
  LeastUsedDegradationDPF: {
    number: 0xb000_2003,
    values: ['load', 'loadDegradation', 'distancePenaltyFactor', 'distance'],
  },
  PriorityLeastUsedDegradationDPF: {
    number: 0xb000_2005,
    values: ['load', 'loadDegradation', 'distancePenaltyFactor', 'distance'],
  },
};

const fractions: ReadonlySet<Value> = new Set(['load', 'loadDegradation', 'distancePenaltyFactor']);

const names = new Map((Object.keys(layouts) as PolicyName[]).map((name) => [layouts[name].number, name]));

/** A policy with what an element says of itself at the moment. */
export interface PolicyState {
  readonly policy: Policy;
  /** A fraction of the element's full load; 0 where the policy knows no load. */
  readonly load: number;
  /** From the registrar to the element, in RSPLIB's steps; 0 where the policy knows no distance. */
  readonly distance: number;
}

export function policyParameter(policy: Policy, load = 0, distance = 0): ParameterOf<'policy'> {
  const { number, values } = layouts[policy.name];
  const known: Partial<Record<Value, number>> = { ...policy, load, distance };
  return {
    kind: 'policy',
    policy: number,
    values: values.map((value) => {
      const it = known[value] ?? 0;
      return fractions.has(value) ? Math.round(Math.min(1, Math.max(0, it)) * whole) : it;
    }),
  };
}

/** @returns null for a policy that is not known; values that are left out are 0, and a weight 1 */
export function policyState({ policy: number, values }: ParameterOf<'policy'>): PolicyState | null {
  const name = names.get(number);
  if (name === undefined) return null;
  const { values: layout } = layouts[name];
  const state = { policy: { name } as Record<string, unknown>, load: 0, distance: 0 };
  for (const [at, value] of layout.entries()) {
    const raw = values[at] ?? (value === 'weight' ? 1 : 0);
    const it = fractions.has(value) ? raw / whole : raw;
    if (value === 'load' || value === 'distance') state[value] = it;
    else state.policy[value] = it;
  }
  return state as unknown as PolicyState;
}
