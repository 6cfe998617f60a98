/** What the clients of a web service saw, in numbers. */
import type { Summary, WebSummary } from '../result/summary.js';
import type { WebRequestRow } from '../result/web.js';
import { summariseDelays } from '../stats/delays.js';

type Fault = Pick<Summary['faults'][number], 'injectedAt' | 'healedAt'>;

/** @param rows of requests that were due within the window */
export function summariseWeb(
  rows: readonly WebRequestRow[],
  faults: readonly Fault[],
  window: { readonly from: number; readonly to: number },
): WebSummary {
  const failed = rows.filter(({ error }) => error !== null);
  const retries = rows.map((row) => row.retries ?? 0);
  const latencies = (when: Time) =>
    summariseDelays(
      rows.flatMap((row) =>
        row.endedAt !== null && row.error === null && timeOf(row, faults) === when
          ? [row.endedAt - row.intendedAt]
          : [],
      ),
    );
  return {
    requests: rows.length,
    failed: failed.length,
    retried: retries.filter((count) => count > 0).length,
    retries: retries.reduce((sum, each) => sum + each, 0),
    longestGap: longestGap(rows, window),
    latency: { before: latencies('before'), during: latencies('during'), after: latencies('after') },
    errors: reasonsOf(failed),
  };
}

type Time = keyof WebSummary['latency'];

/** A request that was under way when a fault struck belongs to it. */
function timeOf({ intendedAt, endedAt }: WebRequestRow, faults: readonly Fault[]): Time {
  const overlaps = ({ injectedAt, healedAt }: Fault) =>
    injectedAt <= (endedAt ?? intendedAt) && (healedAt === null || intendedAt <= healedAt);
  if (faults.some(overlaps)) return 'during';
  return faults.some(({ injectedAt }) => injectedAt <= intendedAt) ? 'after' : 'before';
}

function longestGap(
  rows: readonly WebRequestRow[],
  { from, to }: { from: number; to: number },
): WebSummary['longestGap'] {
  let longest: WebSummary['longestGap'] = null;
  for (const user of new Set(rows.map((row) => row.user))) {
    const answers = rows.flatMap((row) =>
      row.user === user && row.endedAt !== null && row.error === null ? [row.endedAt] : [],
    );
    const ends = answers.filter((at) => at > from && at < to).sort((a, b) => a - b);
    const moments = [from, ...ends, to];
    for (let at = 1; at < moments.length; at += 1) {
      const seconds = moments[at]! - moments[at - 1]!;
      if (longest === null || seconds > longest.seconds) longest = { seconds, from: moments[at - 1]!, user };
    }
  }
  return longest;
}

/** Nobody reads more. */
const reasonsShown = 5;

function reasonsOf(failed: readonly WebRequestRow[]): WebSummary['errors'] {
  const counts = new Map<string, number>();
  for (const { error } of failed) counts.set(error!, (counts.get(error!) ?? 0) + 1);
  return [...counts]
    .map(([error, count]) => ({ error, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, reasonsShown);
}
