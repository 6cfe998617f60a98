/** The requests of web users: what their clients saw, and what the wire shows of those that changed their element. */
import { readFile } from 'node:fs/promises';
import { delayLookup, hostsWith, type Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import type { FailoverRow } from '../result/rows.js';
import { type Threshold, type WebRequestRow, webRequestRowSchema } from '../result/web.js';
import { AddressBook } from './addresses.js';
import { type Clocks, epochsFrom } from './epochs.js';
import { type FaultRecord, faultsOf } from './faults.js';
import { readK6Points, readK6Thresholds } from './k6.js';
import { delayOf, stagesOf } from './stages.js';
import { type Attempt, type Conversation, readConversations } from './web-wire.js';

export interface WebInput {
  readonly plan: Plan;
  readonly journal: readonly JournalEvent[];
  /** Lab's wall clock when the run began: epoch seconds. */
  readonly epoch: number;
  /** As of {@link MeasureInput}. */
  readonly clocks?: Clocks;
  /** The capture's file; null when there is none, which leaves failovers unknown. */
  readonly capture: string | null;
  /** What the users' processes wrote, by host: one file for each of their lives. */
  readonly files: ReadonlyMap<string, UserFiles>;
}

/** Paths, one for each life of a user that left one. */
export interface UserFiles {
  readonly rows: readonly string[];
  /** Points and summaries of k6's. */
  readonly k6Points: readonly string[];
  readonly k6Summaries: readonly string[];
}

export interface WebMeasurement {
  /** In order of time, user by user. */
  readonly rows: WebRequestRow[];
  readonly failovers: FailoverRow[];
  /** Of k6's scripts. */
  readonly thresholds: Threshold[];
  readonly notes: string[];
}

/** @throws HarnessError `lab-broken` when tshark cannot read the capture */
export async function measureWeb({ plan, journal, epoch, clocks, capture, files }: WebInput): Promise<WebMeasurement> {
  const book = new AddressBook(plan, journal);
  const epochOf = epochsFrom(epoch, clocks);
  const notes: string[] = [];
  const rows: WebRequestRow[] = [];
  const thresholds: Threshold[] = [];
  for (const [user, { rows: own, k6Points, k6Summaries }] of files) {
    const linesOf = async (path: string) => (await readFile(path, 'utf8')).split('\n').filter(Boolean);
    for (const path of own)
      rows.push(...timed(user, ownRows(await linesOf(path)), { epoch: epochOf(user), book, notes }));
    for (const path of k6Points)
      rows.push(...timed(user, readK6Points(await linesOf(path)), { epoch: epochOf(user), book, notes }));
    for (const path of k6Summaries) thresholds.push(...readK6Thresholds(path, await readFile(path, 'utf8')));
  }
  rows.sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : a.intendedAt - b.intendedAt));
  if (capture === null) return { rows, failovers: [], thresholds, notes };
  const users = new Set(hostsWith(plan, 'poolUser').map(({ name }) => name));
  const conversations = await readConversations(capture, { book, epoch, delayBetween: delayLookup(plan), users });
  const faults = faultsOf(journal);
  const failovers = conversations.flatMap((each) => failoversIn(each, faults));
  failovers.sort((a, b) => (a.detectedAt ?? 0) - (b.detectedAt ?? 0));
  return { rows, failovers, thresholds, notes };
}

/** Rows as a process wrote them: times in epoch seconds. */
interface RowsRead {
  readonly rows: Omit<WebRequestRow, 'user'>[];
  /** Lines that are none, as the last one of a process that was killed. */
  readonly broken: number;
}

const ownRowSchema = webRequestRowSchema.omit({ user: true });

function ownRows(lines: readonly string[]): RowsRead {
  const rows = lines.flatMap((line) => {
    try {
      return [ownRowSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
  return { rows, broken: lines.length - rows.length };
}

function timed(
  user: string,
  { rows, broken }: RowsRead,
  { epoch, book, notes }: { epoch: number; book: AddressBook; notes: string[] },
): WebRequestRow[] {
  if (broken > 0) notes.push(`${user}: ${broken} requests were written incompletely, and left out`);
  const since = (time: number | null) => (time === null ? null : time - epoch);
  return rows.map((row) => {
    const intendedAt = row.intendedAt - epoch;
    // It is told by its address, which says whose it was at that time.
    const element = row.element && (book.hostOf(row.element.split(':')[0]!, intendedAt) ?? row.element);
    const times = { sentAt: since(row.sentAt), answeredAt: since(row.answeredAt), endedAt: since(row.endedAt) };
    return { user, ...row, intendedAt, ...times, element };
  });
}

/** A request that was sent to one element and then to another. */
function failoversIn({ user, id, attempts, reports, resolutions }: Conversation, faults: readonly FaultRecord[]) {
  return attempts.slice(1).flatMap((next, at): FailoverRow[] => {
    const old = attempts[at]!;
    if (old.element === next.element) return [];
    const fault = causeOf(old, next, faults);
    const faultAt = fault?.injectedAt ?? null;
    const since = Math.max(old.sentAt, faultAt ?? old.sentAt);
    const detectedAt = reports.findLast((it) => it >= since && it <= next.sentAt) ?? next.sentAt;
    // Most of the time it knows the next element already.
    const selectedAt = resolutions.findLast((it) => it >= detectedAt && it <= next.sentAt) ?? detectedAt;
    const moments = { faultAt, detectedAt, selectedAt, connectedAt: next.sentAt, resumedAt: next.answeredAt };
    return [
      {
        ...{ user, requestId: id, oldElement: old.element, newElement: next.element },
        ...{ faultId: fault?.id ?? null, faultKind: fault?.kind ?? null },
        phase: faultAt !== null && old.sentAt > faultAt ? 'starting' : 'running',
        ...moments,
        ...{ delay: delayOf(moments), ...stagesOf(moments), repeatedCalculations: null },
      },
    ];
  });
}

/** The last fault on the element that the request was given up at, while it was there. */
const causeOf = (old: Attempt, next: Attempt, faults: readonly FaultRecord[]): FaultRecord | undefined =>
  faults.findLast(
    ({ host, injectedAt, healedAt }) =>
      host === old.element && injectedAt <= next.sentAt && (healedAt === null || healedAt >= old.sentAt),
  );
