import type { FailoverRow } from '../result/rows.js';
import { type Doubt, hides } from './doubts.js';
import { causeOf, type FaultRecord } from './faults.js';
import { readCookie } from './packet.js';
import { contradiction, delayOf, type Moments, stagesOf } from './stages.js';
import type { Attempt, Job } from './users.js';

export interface Failovers {
  /** Those that holes touch included: it is not certain that they happened. */
  readonly rows: FailoverRow[];
  /** What does not hold together, one sentence per failover. */
  readonly notes: string[];
}

/**
 * The failovers of one request: each stall from the element given up to the element that answered. Elements that were
 * tried in vain in between are no failovers of their own; the time they cost is part of the selection, which ends with
 * the resolution that named the element which took over. A rejection is an answer, not a failure.
 *
 * `faultAt` is when the fault was injected or, when the element had been dead before the user turned to it, when the
 * user did: that is when this request began to wait. It is null when the journal knows of no fault.
 * @param requestId the request's id, also where its user never came to say it
 * @param progressOf calculations that a session had done when it ended, by association
 * @param doubt what of the request may have been otherwise; null when all of its life was seen
 */
export function failoversOf(
  job: Job,
  requestId: number,
  faults: readonly FaultRecord[],
  progressOf: (association: string) => number | null,
  doubt: Doubt | null = null,
): Failovers {
  const rows: FailoverRow[] = [];
  const notes: string[] = [];
  for (let at = 0; at < job.attempts.length; ) {
    const old = job.attempts[at]!;
    const after = job.attempts.findIndex((attempt, index) => index > at && attempt.accept !== null);
    const next = after < 0 ? undefined : job.attempts[after];
    if (old.element !== null && old.givenUpAt !== null && !old.rejected) {
      const row = rowOf(job, requestId, old, next, faults, doubt);
      if (!row.uncertain) row.repeatedCalculations = next ? repeated(old, next, progressOf) : null;
      rows.push(row);
      const wrong = row.uncertain == null ? contradiction(row, row.delay, row.resumedAt !== null) : null;
      if (wrong) row.uncertain = wrong;
      if (wrong) notes.push(`Failover of ${job.user}'s request ${requestId} from ${old.element}: ${wrong}`);
      // What lies between is part of this stall.
      at = after < 0 ? job.attempts.length : after;
    } else at += 1;
  }
  return { rows, notes };
}

function rowOf(
  job: Job,
  requestId: number,
  old: Attempt,
  next: Attempt | undefined,
  faults: readonly FaultRecord[],
  doubt: Doubt | null,
) {
  const element = old.element!;
  const detectedAt = old.givenUpAt!;
  const turnedAt = old.answer?.receivedAt ?? old.initAt ?? detectedAt;
  const loss = { element, address: old.address, user: job.user, from: turnedAt, givenUpAt: detectedAt };
  const fault = causeOf(faults, loss);
  const seen = {
    faultAt: fault && Math.max(fault.injectedAt, turnedAt),
    detectedAt,
    selectedAt: next?.answer?.receivedAt ?? null,
    connectedAt: next?.connectedAt ?? null,
    resumedAt: next?.accept?.receivedAt ?? null,
  };
  const relied = old.accept?.sentAt ?? old.asked?.sentAt ?? turnedAt;
  const touched = doubt !== null && hides(doubt, relied, next?.accept?.sentAt ?? Number.POSITIVE_INFINITY);
  const moments = touched ? certain(seen, relied, doubt) : seen;
  const known = moments.detectedAt !== null;
  const row: FailoverRow = {
    user: job.user,
    requestId,
    oldElement: element,
    newElement: touched && moments.resumedAt === null ? null : (next?.element ?? null),
    faultId: known ? (fault?.id ?? null) : null,
    faultKind: known ? (fault?.kind ?? null) : null,
    phase: old.accept ? 'running' : 'starting',
    ...moments,
    delay: delayOf(moments),
    ...stagesOf(moments),
    repeatedCalculations: null,
    resumedBy: next?.hello && !touched ? (next.hello.protocol === 'asap' ? 'cookie' : 'request') : null,
    uncertain: touched ? doubt.text : null,
  };
  return row;
}

/** Only the moments that no hole comes before, since the one before them that is certain. */
function certain(seen: Moments, relied: number, doubt: Doubt): Moments {
  let since = relied;
  const keep = (moment: number | null): number | null => {
    if (moment === null || hides(doubt, since, moment)) return null;
    since = moment;
    return moment;
  };
  const detectedAt = keep(seen.detectedAt);
  return {
    faultAt: detectedAt === null ? null : seen.faultAt,
    detectedAt,
    selectedAt: keep(seen.selectedAt),
    connectedAt: keep(seen.connectedAt),
    resumedAt: keep(seen.resumedAt),
  };
}

/** Progress at the failure less the progress that the new element was told: nothing, when it got a plain request. */
function repeated(old: Attempt, next: Attempt, progressOf: (association: string) => number | null): number | null {
  if (!old.accept) return 0;
  const worked = old.association === null ? null : progressOf(old.association);
  if (worked === null) return null;
  const stored = readCookie(old.cookie?.cookie ?? null)?.completed ?? 0;
  const { hello } = next;
  const told = hello?.protocol === 'asap' ? (readCookie(hello.cookie)?.completed ?? 0) : 0;
  return Math.max(worked, stored, told) - told;
}
