/** What the model says of one schedule of faults after the other, as much as is kept of a hundred thousand. */
import { z } from 'zod';
import { messageOf } from '../../base/errors.js';
import type { Plan } from '../../experiment/plan.js';
import { simulateAndJudge } from '../../run/simulated.js';
import { rsplibQuirks } from '../../sim/quirks.js';

const count = z.int().min(0);

export const screenedSchema = z.object({
  seed: z.int(),
  /** Faults that the seed draws. */
  faults: count,
  /** Checks that fail, sorted. */
  failed: z.array(z.string()),
  /** Checks of which the model says nothing. */
  unknown: z.array(z.string()),
  /** The longest failover, seconds; null without any. */
  longestFailover: z.number().nullable(),
});
export type Screened = z.infer<typeof screenedSchema>;

/** Seeds that were screened together, the first one and those after it. */
export const batchSchema = z.object({
  from: z.int(),
  seeds: count,
  /** How many runs fail each set of checks, by their names with commas between; the empty set for those that pass. */
  kinds: z.record(z.string(), count),
  /** Seeds that may be worth a look: of each kind those with the fewest faults, and the longest failovers. */
  kept: z.array(screenedSchema),
  /** The first seed that fails no check, for comparison: nothing has chosen it. */
  calm: screenedSchema.nullable(),
});
export type Batch = z.infer<typeof batchSchema>;

/** Of each kind and batch. */
const keptOfKind = 6;

export const kindOf = ({ failed }: Screened): string => failed.join(', ');

/** @param hasQuirks whether the model does what RSPLIB does beside the protocols */
export function screenSeed(plan: Plan, hasQuirks: boolean): Screened {
  const { summary } = judged(plan, hasQuirks);
  const named = (wanted: string) =>
    summary.checks.flatMap(({ name, verdict }) => (verdict === wanted ? [name] : [])).sort();
  return {
    seed: plan.seed,
    faults: plan.faults.length,
    failed: named('fail'),
    unknown: named('unknown'),
    longestFailover: summary.failovers.delay.max,
  };
}

function judged(plan: Plan, hasQuirks: boolean) {
  try {
    return simulateAndJudge(plan, hasQuirks ? { quirks: rsplibQuirks } : {});
  } catch (error) {
    throw new Error(`The model broke under seed ${plan.seed}: ${messageOf(error)}`, { cause: error });
  }
}

/** Seeds one after the other. */
export function screenBatch(planFor: (seed: number) => Plan, from: number, seeds: number, hasQuirks: boolean): Batch {
  const all = Array.from({ length: seeds }, (_, at) => screenSeed(planFor(from + at), hasQuirks));
  const byKind = new Map<string, Screened[]>();
  for (const each of all) byKind.set(kindOf(each), [...(byKind.get(kindOf(each)) ?? []), each]);
  return {
    ...{ from, seeds },
    kinds: Object.fromEntries([...byKind].map(([kind, those]) => [kind, those.length])),
    kept: [...byKind.values()].flatMap((those) => [...those].sort(byInterest).slice(0, keptOfKind)),
    calm: all.find(({ failed }) => failed.length === 0) ?? null,
  };
}

/** Of those that fail the fewest faults first, as they explain most; of the others the longest failover. */
export const byInterest = (a: Screened, b: Screened): number => {
  const order = a.failed.length > 0 ? a.faults - b.faults : (b.longestFailover ?? 0) - (a.longestFailover ?? 0);
  return order || a.seed - b.seed;
};
