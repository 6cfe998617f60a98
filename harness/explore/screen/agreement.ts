/** How many findings of the model are real, and how many real ones it has. */
import { z } from 'zod';
import { verdicts } from '../../result/summary.js';
import type { Choice } from './choose.js';

/** A schedule that the lab has run. */
export const confirmedSchema = z.object({
  seed: z.int(),
  verdict: z.enum(verdicts),
  /** Why it is unknown. */
  reasons: z.array(z.string()),
  checks: z.record(z.string(), z.enum(verdicts)),
  details: z.record(z.string(), z.string()),
  /** The run's folder, from the exploration's; null for one that passed, which is not kept. */
  folder: z.string().nullable(),
});
export type Confirmed = z.infer<typeof confirmedSchema>;

const count = z.int().min(0);

/** Runs by what both say of one check; those of which either says nothing are not among them. */
export const agreementSchema = z.object({
  check: z.string(),
  /** Among all schedules that the lab tried. */
  bothFail: count,
  modelOnly: count,
  labOnly: count,
  bothPass: count,
  /** Among the controls, where the model has nothing: the lab fails so many of so many. */
  missed: count,
  controls: count,
  /** Either says nothing. */
  unknown: count,
});
export type Agreement = z.infer<typeof agreementSchema>;

export function agreementOf(
  checks: readonly string[],
  choices: readonly Choice[],
  confirmed: readonly Confirmed[],
): Agreement[] {
  const bySeed = new Map(confirmed.map((each) => [each.seed, each]));
  return [...new Set(checks)].map((check) => {
    const tally = { bothFail: 0, modelOnly: 0, labOnly: 0, bothPass: 0, missed: 0, controls: 0, unknown: 0 };
    for (const { screened, why } of choices) {
      const lab = bySeed.get(screened.seed)?.checks[check];
      if (!lab) continue;
      if (lab === 'unknown' || screened.unknown.includes(check)) {
        tally.unknown++;
        continue;
      }
      const [model, real] = [screened.failed.includes(check), lab === 'fail'];
      if (model) tally[real ? 'bothFail' : 'modelOnly']++;
      else tally[real ? 'labOnly' : 'bothPass']++;
      if (why !== 'control') continue;
      tally.controls++;
      if (real) tally.missed++;
    }
    return { check, ...tally };
  });
}
