/**
 * The witnesses beside the wire: what the users themselves wrote down. Their vectors have a row for each request that
 * they had completed; their logs say what they asked for and whom they gave up.
 */
import { messageOf } from '../base/errors.js';
import type { JournalEvent } from '../result/journal.js';
import type { FailoverRow, RequestRow } from '../result/rows.js';
import type { EpochOf } from './epochs.js';
import { ends, faultsOf } from './faults.js';
import { readUserLog, type UserLog, unconfirmed } from './logs.js';
import type { KnownRequest, TimedVectorRow } from './requests.js';
import { Served } from './served.js';
import type { Reaching } from './users.js';
import { readVector, type VectorRow } from './vectors.js';

export interface Vectors {
  /** By user; times since the run began. */
  readonly rows: ReadonlyMap<string, TimedVectorRow[]>;
  /** Of the users whose vector tells all that they had completed. */
  readonly served: ReadonlyMap<string, Served>;
}

export async function readVectors(
  files: ReadonlyMap<string, string>,
  journal: readonly JournalEvent[],
  epochOf: EpochOf,
  notes: string[],
): Promise<Vectors> {
  const rows = new Map<string, TimedVectorRow[]>();
  const served = new Map<string, Served>();
  // Of a user that was ended in between there is another vector for each of its lives, and its ids begin anew.
  const ended = new Set(faultsOf(journal).flatMap((fault) => (ends(fault) ? [fault.host] : [])));
  for (const [host, path] of files) {
    try {
      const vector = await readVector(path);
      if (vector.truncated) notes.push(`The vector of ${host} ends in the middle of a line, which was left out`);
      const timed = vector.rows.map((row) => sinceBegin(row, epochOf(host)));
      rows.set(host, timed);
      if (!vector.truncated && !ended.has(host)) served.set(host, new Served(timed));
    } catch (error) {
      notes.push(`The vector of ${host} could not be read: ${messageOf(error)}`);
    }
  }
  return { rows, served };
}

const sinceBegin = (row: VectorRow, epoch: number): TimedVectorRow => ({
  ...row,
  queuedAt: row.queuedAt - epoch,
  startedAt: row.startedAt - epoch,
  acceptedAt: row.acceptedAt - epoch,
  completedAt: row.completedAt - epoch,
});

export async function readLogs(
  files: ReadonlyMap<string, string>,
  epochOf: EpochOf,
  notes: string[],
): Promise<Map<string, UserLog>> {
  const logs = new Map<string, UserLog>();
  for (const [user, path] of files) {
    try {
      logs.set(user, await readUserLog(path, epochOf(user)));
    } catch (error) {
      notes.push(`The log of ${user} could not be read: ${messageOf(error)}`);
    }
  }
  return logs;
}

/** Failovers that the capture shows and the logs do not know of. */
export const unconfirmedFailovers = (
  logs: ReadonlyMap<string, UserLog>,
  epochOf: EpochOf,
  failovers: readonly FailoverRow[],
): string[] =>
  [...logs].flatMap(([user, log]) => {
    const detections = failovers.flatMap((row) =>
      row.user === user && row.detectedAt !== null ? [{ at: row.detectedAt, request: row.requestId }] : [],
    );
    return unconfirmed(user, detections, log, epochOf(user));
  });

/**
 * A request that its user was about to have served when the run ended, and that only its log knows of: it never got so
 * far that anything of it was sent.
 * @param reaching the registrar that the user was still trying to get an association with
 * @param captured whether there is a capture that would have shown more of it
 */
export function stuckRequest(
  user: string,
  known: readonly KnownRequest[],
  log: UserLog | undefined,
  reaching: Reaching | null,
  captured: boolean,
): { readonly row: RequestRow; readonly note: string } | null {
  const logged = [...(log?.requests.values() ?? [])].filter(({ id }) => !known.some((it) => it.id === id));
  const last = logged.at(-1);
  if (!last || last.completed || known.some(({ id }) => id > last.id)) return null;
  // A user that has its association asks for an element, and what was accepted was on the wire: that is not stuck.
  const uncertain = last.accepts > 0 || !reaching || !captured ? 'all but its lines in the log was not seen' : null;
  const cause = uncertain || !reaching ? 'the capture shows nothing of it' : causeOf(reaching);
  const row: RequestRow = {
    user,
    id: last.id,
    // The log rounds it.
    size: null,
    state: 'open',
    ...{ queuedAt: null, startedAt: reaching?.since ?? null, acceptedAt: null, completedAt: null },
    ...{ queuingDelay: null, startupDelay: null, processingTime: null, handlingTime: null, handlingSpeed: null },
    failovers: uncertain ? null : 0,
    element: null,
    uncertain,
  };
  return {
    row,
    note: `${user}'s request ${last.id} is open, by its log alone: ${cause}`,
  };
}

function causeOf({ registrar, since, inits, answers }: Reaching): string {
  const answered = answers > 0 ? `answered ${answers} times and not followed by a COOKIE ECHO` : 'never answered';
  const sent = `INIT was sent ${inits} times since ${since.toFixed(3)} s`;
  return `its association with ${registrar} never came up; ${sent}, ${answered}`;
}
