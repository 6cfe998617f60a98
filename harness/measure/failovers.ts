import type { FailoverRow } from '../result/rows.js';
import { causeOf, type FaultRecord } from './faults.js';
import { readCookie } from './packet.js';
import { contradiction, delayOf, stagesOf } from './stages.js';
import type { Attempt, Job } from './users.js';

export interface Failovers {
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
 */
export function failoversOf(
  job: Job,
  requestId: number,
  faults: readonly FaultRecord[],
  progressOf: (association: string) => number | null,
): Failovers {
  const rows: FailoverRow[] = [];
  const notes: string[] = [];
  for (let at = 0; at < job.attempts.length; ) {
    const old = job.attempts[at]!;
    const after = job.attempts.findIndex((attempt, index) => index > at && attempt.accept !== null);
    const next = after < 0 ? undefined : job.attempts[after];
    if (old.element !== null && old.givenUpAt !== null && !old.rejected) {
      const row = rowOf(job, requestId, old, next, faults);
      row.repeatedCalculations = next ? repeated(old, next, progressOf) : null;
      rows.push(row);
      const wrong = contradiction(row, row.delay);
      if (wrong) notes.push(`Failover of ${job.user}'s request ${requestId} from ${old.element}: ${wrong}`);
      // What lies between is part of this stall.
      at = after < 0 ? job.attempts.length : after;
    } else at += 1;
  }
  return { rows, notes };
}

function rowOf(job: Job, requestId: number, old: Attempt, next: Attempt | undefined, faults: readonly FaultRecord[]) {
  const element = old.element!;
  const detectedAt = old.givenUpAt!;
  const turnedAt = old.answer?.receivedAt ?? old.initAt ?? detectedAt;
  const loss = { element, address: old.address, user: job.user, from: turnedAt, givenUpAt: detectedAt };
  const fault = causeOf(faults, loss);
  const moments = {
    faultAt: fault && Math.max(fault.injectedAt, turnedAt),
    detectedAt,
    selectedAt: next?.answer?.receivedAt ?? null,
    connectedAt: next?.connectedAt ?? null,
    resumedAt: next?.accept?.receivedAt ?? null,
  };
  const row: FailoverRow = {
    user: job.user,
    requestId,
    oldElement: element,
    newElement: next?.element ?? null,
    faultId: fault?.id ?? null,
    faultKind: fault?.kind ?? null,
    phase: old.accept ? 'running' : 'starting',
    ...moments,
    delay: delayOf(moments),
    ...stagesOf(moments),
    repeatedCalculations: null,
  };
  return row;
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
