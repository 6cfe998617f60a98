/** A request of a web client as its proxy handles it. */
import type { FailoverRow } from '../../result/rows.js';
import type { WebRequestRow } from '../../result/web.js';
import type { Cause } from '../recorder.js';
import type { Association } from './association.js';
import type { Entry } from './handlespace.js';
import type { Stoppable } from './process.js';

/** A request as it is sent to one element. */
export interface Attempt {
  readonly entry: Entry;
  sentAt: number | null;
  connection: Association | null;
  opening: Stoppable;
  limit: Stoppable;
  unwatch: () => void;
  over: boolean;
}

/** Of a client: what became of it so far, and who was tried. */
export interface Request {
  readonly row: WebRequestRow;
  readonly tried: Entry[];
  attempt: Attempt | null;
  /** The failover that it is in. */
  failover: FailoverRow | null;
  patience: Stoppable;
}

/** The failover that begins as an attempt, which has been on its way, is given up. */
export function failoverOf({ row, attempt }: Request, { strike }: Cause, now: number): FailoverRow {
  const faultAt = strike?.injectedAt ?? null;
  return {
    ...{ user: row.user, requestId: row.id, oldElement: attempt!.entry.node.name, newElement: null },
    ...{ faultId: strike?.id ?? null, faultKind: strike?.kind ?? null },
    phase: faultAt !== null && attempt!.sentAt! > faultAt ? 'starting' : 'running',
    ...{ faultAt, detectedAt: now, selectedAt: null, connectedAt: null, resumedAt: null, delay: null },
    ...{ detection: faultAt === null ? null : now - faultAt, selection: null, connection: null },
    ...{ resumption: null, repeatedCalculations: null, uncertain: null },
  };
}
