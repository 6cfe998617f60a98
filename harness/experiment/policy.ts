import { z } from 'zod';

const weight = z.int().min(1).max(0xffff_ffff);
const fraction = z.number().min(0).max(1);
const degradation = { loadDegradation: fraction.default(0) };
const distancePenalty = { distancePenaltyFactor: fraction.default(0) };

/**
 * Every policy that RSPLIB's rspserver takes (each was tried): RFC 5356 and, with DPF (distance penalty factor), the
 * drafts that RSPLIB implements. Loads and load degradations are fractions of a pool element's full load.
 */
export const policySchema = z.preprocess(
  (it) => (typeof it === 'string' ? { name: it } : it),
  z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('RoundRobin') }),
    z.strictObject({ name: z.literal('WeightedRoundRobin'), weight: weight.default(1) }),
    z.strictObject({ name: z.literal('Random') }),
    z.strictObject({ name: z.literal('WeightedRandom'), weight: weight.default(1) }),
    z.strictObject({ name: z.literal('WeightedRandomDPF'), weight: weight.default(1), ...distancePenalty }),
    z.strictObject({ name: z.literal('Priority'), priority: z.int().min(0).max(0xffff_ffff).default(1) }),
    z.strictObject({ name: z.literal('LeastUsed') }),
    z.strictObject({ name: z.literal('LeastUsedDPF'), ...distancePenalty }),
    z.strictObject({ name: z.literal('LeastUsedDegradation'), ...degradation }),
    z.strictObject({ name: z.literal('LeastUsedDegradationDPF'), ...degradation, ...distancePenalty }),
    z.strictObject({ name: z.literal('PriorityLeastUsed'), ...degradation }),
    z.strictObject({ name: z.literal('PriorityLeastUsedDegradation'), ...degradation }),
    z.strictObject({ name: z.literal('PriorityLeastUsedDegradationDPF'), ...degradation, ...distancePenalty }),
    z.strictObject({ name: z.literal('RandomizedLeastUsed') }),
    z.strictObject({ name: z.literal('RandomizedPriorityLeastUsed') }),
  ]),
);

export type Policy = z.output<typeof policySchema>;
export type PolicyName = Policy['name'];
export type PolicyInput = PolicyName | ({ name: PolicyName } & Partial<Record<PolicyParameter, number>>);
type PolicyParameter = 'weight' | 'priority' | 'loadDegradation' | 'distancePenaltyFactor';

/** For tables, e.g. `LeastUsed`, `WeightedRoundRobin(3)`. */
export function describePolicy({ name, ...parameters }: Policy): string {
  const values = Object.values(parameters);
  return values.length === 0 ? name : `${name}(${values.join(', ')})`;
}
