/** Requests of web users among those of other users. */
import type { RequestRow } from '../result/rows.js';
import type { WebRequestRow } from '../result/web.js';

/** As every other user's requests are told; a request has no size. */
export function requestRowOf(row: WebRequestRow): RequestRow {
  const { user, id, intendedAt, sentAt, answeredAt, endedAt, error, retries, element } = row;
  const state = endedAt === null ? 'open' : error === null ? 'completed' : 'lost';
  const completedAt = state === 'completed' ? endedAt : null;
  const between = (from: number | null, to: number | null) => (from === null || to === null ? null : to - from);
  return {
    ...{ user, id, size: null, state, queuedAt: intendedAt, startedAt: sentAt, acceptedAt: answeredAt, completedAt },
    queuingDelay: between(intendedAt, sentAt),
    startupDelay: between(sentAt, answeredAt),
    processingTime: between(answeredAt, completedAt),
    handlingTime: between(intendedAt, completedAt),
    ...{ handlingSpeed: null, failovers: retries, element },
  };
}
