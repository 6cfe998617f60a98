import type { Check } from '../../experiment/checks.js';
import type { Plan } from '../../experiment/plan.js';
import type { CheckResult } from '../../result/summary.js';
import type { Outcome } from '../outcome.js';
import type { Numbers } from '../summarise.js';

/** A verdict and, in one sentence, the numbers that it rests on. */
export type Judgement = Omit<CheckResult, 'name'>;

/** All that a run left behind: `numbers` is what its summary will say, `outcome` what that was made of. */
export interface Evidence {
  readonly plan: Plan;
  readonly numbers: Numbers;
  readonly outcome: Outcome;
}

export type Judge<Name extends Check['name'] = Check['name']> = (
  check: Extract<Check, { name: Name }>,
  evidence: Evidence,
) => Judgement;

export const passIf = (holds: boolean, detail: string): Judgement => ({ verdict: holds ? 'pass' : 'fail', detail });

export const fail = (detail: string): Judgement => ({ verdict: 'fail', detail });

/** Nothing can be said. */
export const unknown = (detail: string): Judgement => ({ verdict: 'unknown', detail });
