/** What the clients of a web service saw, for a person at a terminal. */
import Table from 'cli-table3';
import { formatDuration } from '../base/units.js';
import type { DelaySummary, WebSummary } from '../result/summary.js';
import { plain } from './plain.js';

export function webLines({ requests, failed, retried, retries, longestGap, latency, errors }: WebSummary): string {
  const table = new Table({ ...plain, head: ['latency at the clients', 'n', 'mean', 'p50', 'p95', 'p99', 'max'] });
  const row = (name: string, { count, mean, p50, p95, p99, max }: DelaySummary) =>
    table.push([name, count, ...[mean, p50, p95, p99, max].map((it) => (it === null ? '–' : formatDuration(it)))]);
  row('before the first fault', latency.before);
  row('while a fault was at work', latency.during);
  row('after it', latency.after);
  const gap = longestGap
    ? `Longest time without an answer: ${formatDuration(longestGap.seconds)}, from ${longestGap.from.toFixed(1)} s on.`
    : 'There was no answer.';
  return [
    table.toString(),
    `Web requests: ${requests} in all, ${failed} failed, ${retried} tried again at another element (${retries} times).`,
    gap,
    ...errors.map(({ error, count }) => `  ${count} failed: ${error}`),
  ].join('\n');
}
