/** The keep-alives of a run's sessions, as the timeline's script wants them. */
import type { KeepAliveRow } from '../../harness/result/rows.js';

/** So many answered ones take about 1.5 MB of a page; those without an answer are few, and what one looks for. */
export const answeredMost = 250_000;

/** Of one host to another: sent, as differences, and how long the answer took; −1 where none came. Milliseconds. */
export interface PackedKeepAlives {
  readonly from: number;
  readonly to: number;
  readonly sent: readonly number[];
  readonly took: readonly number[];
}

export const tooManyAnswered = (rows: readonly KeepAliveRow[], most = answeredMost): boolean =>
  rows.reduce((count, { answeredAt }) => count + (answeredAt === null ? 0 : 1), 0) > most;

/**
 * @param rows in order of time
 * @param laneOf where each host is drawn
 */
export function packKeepAlives(
  rows: readonly KeepAliveRow[],
  laneOf: ReadonlyMap<string, number>,
  most = answeredMost,
): PackedKeepAlives[] {
  const shown = tooManyAnswered(rows, most) ? rows.filter(({ answeredAt }) => answeredAt === null) : rows;
  const pairs = new Map<string, { from: number; to: number; sent: number[]; took: number[]; last: number }>();
  for (const { from, to, sentAt, answeredAt } of shown) {
    const lanes = { from: laneOf.get(from), to: laneOf.get(to) };
    if (lanes.from === undefined || lanes.to === undefined) continue;
    const key = `${lanes.from}>${lanes.to}`;
    const pair = pairs.get(key) ?? { from: lanes.from, to: lanes.to, sent: [], took: [], last: 0 };
    pairs.set(key, pair);
    const at = milliseconds(sentAt);
    pair.sent.push(at - pair.last);
    pair.took.push(answeredAt === null ? -1 : milliseconds(answeredAt - sentAt));
    pair.last = at;
  }
  return [...pairs.values()].map(({ from, to, sent, took }) => ({ from, to, sent, took }));
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1e3);
