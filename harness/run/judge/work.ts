import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { FailoverRow } from '../../result/rows.js';
import type { Summary } from '../../result/summary.js';
import { failoversInWindow } from '../summarise.js';
import { type Judge, passIf, unknown } from './verdict.js';

export const repeatedWork: Judge<'repeatedWork'> = ({ tolerance }, { plan, outcome }) => {
  const rows = failoversInWindow(outcome);
  if (rows.length === 0) return unknown('there was no failover');
  const judged = rows.flatMap((row) => {
    const allowed = allowance(plan, outcome.faults, row, tolerance);
    return allowed === null || row.repeatedCalculations === null ? [] : [{ row, allowed }];
  });
  if (judged.length === 0) return unknown(`of ${rows.length} failovers none tells how much work was repeated`);
  const excess = judged
    .map(({ row, allowed }) => ({ row, allowed, over: row.repeatedCalculations! - allowed }))
    .sort((a, b) => b.over - a.over);
  const total = judged.reduce((sum, { row }) => sum + row.repeatedCalculations!, 0);
  const { row, allowed } = excess[0]!;
  const tightest =
    `${count(row.repeatedCalculations!)} of at most ${count(allowed)} calculations, ` +
    `${row.user}'s request ${row.requestId} from ${row.oldElement}`;
  const broken = excess.filter(({ over }) => over > 0).length;
  const untold = rows.length - judged.length;
  const left = untold === 0 ? '' : `; of ${untold} more failovers it cannot be told`;
  return passIf(
    broken === 0,
    `${broken} of ${judged.length} failovers repeated too much, ${count(total)} calculations in all; ` +
      `nearest to its limit: ${tightest}${left}`,
  );
};

/**
 * Calculations that a failover may repeat; null when nothing limits them. See {@link repeatedWork} in `checks.ts`.
 */
function allowance(
  plan: Plan,
  faults: Summary['faults'],
  { user, oldElement, faultAt, faultKind, detectedAt }: FailoverRow,
  tolerance: number,
): number | null {
  const role = hostsWith(plan, 'poolElement').find(({ name }) => name === oldElement)?.role;
  if (!role || detectedAt === null || faultAt === null) return null;
  const { capacity, cookieInterval, cookieTime } = role;
  const interval = Math.min(cookieInterval ?? Infinity, (cookieTime ?? Infinity) * capacity);
  if (interval === Infinity) return null;
  const delay = Math.max(...Object.values(plan.topology.networks).map(({ impairment }) => impairment.delay ?? 0));
  // Until the fault when that ended the work, else until nobody waited for it any more.
  const until = endsWork.has(faultKind ?? '') ? faultAt : detectedAt;
  const hampered = faults
    .filter(({ kind, target }) => !endsWork.has(kind) && [user, oldElement].includes(target.split(' ')[0]!))
    .filter(({ injectedAt, healedAt }) => injectedAt <= until && (healedAt ?? Infinity) + longestRepair >= faultAt)
    .map(({ injectedAt }) => injectedAt);
  const unheard = Math.max(0, until - Math.min(faultAt, ...hampered));
  return interval + capacity * (delay + tolerance + unheard);
}

/** Faults at whose injection all work ends; with the others, the element goes on for nobody. */
const endsWork: ReadonlySet<string> = new Set(['shutdown', 'kill', 'powerOff', 'freeze']);

/** Seconds after a heal until what was lost has been sent again: two timeouts of SCTP, which doubles them. */
const longestRepair = 3;

const count = (calculations: number): string => Math.round(calculations).toLocaleString('en');
