/** Holds a run's numbers against the experiment's checks. A check that nothing can be said about is unknown. */
import { messageOf } from '../base/errors.js';
import { formatDuration } from '../base/units.js';
import type { Check } from '../experiment/checks.js';
import type { Plan } from '../experiment/plan.js';
import type { CheckResult, DelaySummary } from '../result/summary.js';
import type { Numbers } from './summarise.js';

export const judge = ({ checks }: Plan, numbers: Numbers): CheckResult[] =>
  checks.map((check) => {
    if (numbers.reasons.length > 0) return result(check, 'unknown', 'the lab broke');
    try {
      return judgeOne(check, numbers);
    } catch (error) {
      return result(check, 'unknown', `the check itself failed: ${messageOf(error)}`);
    }
  });

function judgeOne(check: Check, { requests, failovers, delays, handlingSpeed, utilisation }: Numbers): CheckResult {
  switch (check.name) {
    case 'noRequestLost':
      if (requests.queued === 0) return result(check, 'unknown', 'there was no request');
      return result(
        check,
        requests.lost === 0 ? 'pass' : 'fail',
        `${requests.lost} of ${requests.queued} requests lost`,
      );
    case 'failoverDelay':
      // An unfinished failover has no delay yet, and would otherwise look like none at all.
      if (failovers.open > 0)
        return result(check, 'fail', `${failovers.open} of ${failovers.count} failovers never resumed`);
      return judgeDelay(check, failovers.delay, 'failover');
    case 'handlingTime':
      return judgeDelay(check, delays.handling, 'completed request');
    case 'handlingSpeed':
      return judgeNumber(
        check,
        handlingSpeed.percentOfCapacity,
        (it) => it >= check.percentAtLeast,
        `at least ${check.percentAtLeast} %`,
      );
    case 'utilisation':
      return judgeNumber(
        check,
        utilisation.percent,
        (it) => it <= check.percentAtMost,
        `at most ${check.percentAtMost} %`,
      );
  }
}

const limits = [
  ['meanBelow', 'mean'],
  ['p50Below', 'p50'],
  ['p95Below', 'p95'],
  ['p99Below', 'p99'],
  ['maxBelow', 'max'],
] as const;

function judgeDelay(check: Extract<Check, { maxBelow?: unknown }>, delay: DelaySummary, of: string): CheckResult {
  if (delay.count === 0) return result(check, 'unknown', `there was no ${of}`);
  const asked = limits.filter(([limit]) => check[limit] !== undefined);
  const detail = asked.map(
    ([limit, name]) => `${name} ${formatDuration(delay[name]!)}, expected below ${formatDuration(check[limit]!)}`,
  );
  const holds = asked.every(([limit, name]) => delay[name]! < check[limit]!);
  return result(check, holds ? 'pass' : 'fail', `${detail.join('; ')} (n = ${delay.count})`);
}

function judgeNumber(
  check: Check,
  value: number | null,
  holds: (value: number) => boolean,
  limit: string,
): CheckResult {
  if (value === null) return result(check, 'unknown', 'there is no such number');
  return result(check, holds(value) ? 'pass' : 'fail', `${value.toFixed(1)} %, expected ${limit}`);
}

const result = ({ name }: Check, verdict: CheckResult['verdict'], detail: string): CheckResult => ({
  name,
  verdict,
  detail,
});
