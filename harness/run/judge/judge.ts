/** Holds a run against the experiment's checks. A check that nothing can be said about is unknown. */
import { messageOf } from '../../base/errors.js';
import type { Check } from '../../experiment/checks.js';
import type { Plan } from '../../experiment/plan.js';
import type { CheckResult } from '../../result/summary.js';
import type { Threshold } from '../../result/web.js';
import type { Outcome } from '../outcome.js';
import type { Numbers } from '../summarise.js';
import { failoverDelay, handlingTime } from './delays.js';
import { noDeadElementSelected } from './elements.js';
import { poolAtFullStrength, registrarsAgree } from './handlespace.js';
import { handlingSpeed, utilisation } from './percentages.js';
import { noDuplicateCompletion, noRequestLost } from './requests.js';
import { type Judge, type Judgement, passIf, unknown } from './verdict.js';
import { repeatedWork } from './work.js';

/** How each check is judged, one function each, in a file for all that look at the same thing. */
const judges: { readonly [Name in Check['name']]: Judge<Name> } = {
  noRequestLost,
  noDuplicateCompletion,
  noDeadElementSelected,
  repeatedWork,
  failoverDelay,
  handlingTime,
  handlingSpeed,
  utilisation,
  registrarsAgree,
  poolAtFullStrength,
};

/** Those of the experiment, then those that scripts of its users bring along. */
export const judge = (plan: Plan, numbers: Numbers, outcome: Outcome): CheckResult[] => [
  ...plan.checks.map((check) => ({ name: check.name, ...judgeOne(check, plan, numbers, outcome) })),
  ...(outcome.web?.thresholds ?? []).map((threshold) => judgeThreshold(threshold, numbers)),
];

function judgeThreshold({ metric, expression, holds }: Threshold, { reasons }: Numbers): CheckResult {
  const judgement = reasons.length > 0 ? unknown('the lab broke') : passIf(holds, `${expression}, by k6`);
  return { name: `k6 ${metric}`, ...judgement };
}

function judgeOne(check: Check, plan: Plan, numbers: Numbers, outcome: Outcome): Judgement {
  if (numbers.reasons.length > 0) return unknown('the lab broke');
  try {
    return (judges[check.name] as Judge)(check, { plan, numbers, outcome });
  } catch (error) {
    return unknown(`the check itself failed: ${messageOf(error)}`);
  }
}
