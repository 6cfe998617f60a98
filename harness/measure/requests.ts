/**
 * One row per request, from two witnesses. The capture wins where both know: which requests there were, when the first
 * element accepted and when the answer came. The vector is the only one to know when a request was queued, and knows
 * best when it was dequeued (the user's library may be busy before its first packet leaves). Of a request that is in
 * the vector alone it is not known when it was accepted first, because RSPLIB overwrites that at a failover, nor how
 * many failovers it had.
 */
import type { RequestRow } from '../result/rows.js';
import { type Doubt, hides } from './doubts.js';
import type { Job } from './users.js';
import type { VectorRow } from './vectors.js';

/** Vector times as seconds since the run began. */
export type TimedVectorRow = VectorRow;

/** A request of one user with what is known of it; at least one of the two is there. */
export interface KnownRequest {
  readonly user: string;
  readonly id: number;
  readonly job: Job | null;
  readonly row: TimedVectorRow | null;
}

/** Matches a user's requests on the wire with its vector, by id; in order of ids. */
export function matchRequests(user: string, jobs: readonly Job[], rows: readonly TimedVectorRow[]): KnownRequest[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  let last = 0;
  const onWire = jobs.map((job): KnownRequest => {
    // A user counts its requests; one that never got through to an element must be the next.
    const id = job.id ?? last + 1;
    last = id;
    const row = job.lost ? null : (byId.get(id) ?? null);
    if (row) byId.delete(id);
    return { user, id, job, row };
  });
  const inVectorOnly = [...byId.values()].map((row): KnownRequest => ({ user, id: row.id, job: null, row }));
  return [...onWire, ...inVectorOnly].sort((a, b) => a.id - b.id);
}

/**
 * @param failovers how many stalls the request had
 * @param doubt what of it may have been otherwise; null when all of its life was seen
 */
export function requestRow(
  { user, id, job, row }: KnownRequest,
  failovers: number,
  doubt: Doubt | null = null,
): RequestRow {
  const served = job?.attempts.filter(({ accept }) => accept !== null) ?? [];
  // An accept that a hole comes before need not be the first.
  const known = (time: number | null | undefined): number | null =>
    time == null || (doubt && hides(doubt, Number.NEGATIVE_INFINITY, time)) ? null : time;
  const first = served[0]?.accept;
  const queuedAt = row?.queuedAt ?? null;
  const startedAt = row?.startedAt ?? known(job?.attempts[0]?.asked?.sentAt);
  const acceptedAt = first?.type === 'accept' && known(first.sentAt) !== null ? first.receivedAt : null;
  const completedAt = job?.complete?.receivedAt ?? row?.completedAt ?? null;
  const size = job?.size ?? row?.size ?? null;
  const handlingTime = between(queuedAt, completedAt);
  return {
    user,
    id,
    size,
    state: completedAt !== null ? 'completed' : doubt && !doubt.open ? 'unknown' : job?.lost ? 'lost' : 'open',
    queuedAt,
    startedAt,
    acceptedAt,
    completedAt,
    queuingDelay: between(queuedAt, startedAt),
    startupDelay: between(startedAt, acceptedAt),
    processingTime: between(acceptedAt, completedAt),
    handlingTime,
    handlingSpeed: size !== null && handlingTime ? size / handlingTime : null,
    failovers: doubt ? null : failovers,
    element: doubt
      ? (job?.complete?.from.host ?? null)
      : (served.at(-1)?.element ?? job?.attempts.at(-1)?.element ?? null),
    uncertain: doubt?.text ?? null,
  };
}

/** How far the two witnesses may differ: one clock stamps both, but for one a process must be scheduled first. */
const toleranceSeconds = 0.1;

/** Compares what both witnesses tell of the requests. */
export function disagreements(requests: readonly KnownRequest[]): string[] {
  const differences = requests.flatMap(({ user, id, job, row }) => {
    if (!job || !row) return [];
    if (job.size !== null && job.size !== row.size)
      return [`${user}'s request ${id} has ${job.size} calculations by the capture, ${row.size} by its vector`];
    const accept = job.attempts.findLast((attempt) => attempt.accept !== null)?.accept?.receivedAt;
    const pairs = [
      ['completed', job.complete?.receivedAt, row.completedAt],
      ['last accepted', accept, row.acceptedAt],
    ] as const;
    return pairs.flatMap(([what, wire, vector]) =>
      wire === undefined || Math.abs(wire - vector) <= toleranceSeconds
        ? []
        : [
            `${user}'s request ${id} was ${what} at ${wire.toFixed(3)} s by the capture, ` +
              `${vector.toFixed(3)} s by its vector`,
          ],
    );
  });
  return differences.length <= 3
    ? differences
    : [...differences.slice(0, 3), `… and ${differences.length - 3} more that capture and vectors disagree on`];
}

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from;
