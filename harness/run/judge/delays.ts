import { formatDuration } from '../../base/units.js';
import type { Check } from '../../experiment/checks.js';
import type { DelaySummary } from '../../result/summary.js';
import { fail, type Judge, type Judgement, passIf, unknown } from './verdict.js';

export const failoverDelay: Judge<'failoverDelay'> = (check, { numbers: { failovers, holes } }) => {
  // An unfinished failover has no delay yet, and would otherwise look like none at all.
  if (failovers.open > 0) return fail(`${failovers.open} of ${failovers.count} failovers never resumed`);
  const uncertain = holes?.failovers ?? 0;
  const judged = judgeDelay(check, failovers.delay, 'failover');
  // Those that the capture does not show whole may have taken longer.
  if (uncertain === 0 || judged.verdict !== 'pass') return judged;
  return unknown(`${judged.detail}, but ${uncertain} more failovers are uncertain, because the capture has holes`);
};

export const handlingTime: Judge<'handlingTime'> = (check, { numbers }) =>
  judgeDelay(check, numbers.delays.handling, 'completed request');

const limits = [
  ['meanBelow', 'mean'],
  ['p50Below', 'p50'],
  ['p95Below', 'p95'],
  ['p99Below', 'p99'],
  ['maxBelow', 'max'],
] as const;

function judgeDelay(check: Extract<Check, { maxBelow?: unknown }>, delay: DelaySummary, of: string): Judgement {
  if (delay.count === 0) return unknown(`there was no ${of}`);
  const asked = limits.filter(([limit]) => check[limit] !== undefined);
  const detail = asked.map(
    ([limit, name]) => `${name} ${formatDuration(delay[name]!)}, expected below ${formatDuration(check[limit]!)}`,
  );
  const holds = asked.every(([limit, name]) => delay[name]! < check[limit]!);
  return passIf(holds, `${detail.join('; ')} (n = ${delay.count})`);
}
