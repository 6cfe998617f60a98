/** What the clients of a web service saw. */

import { formatDuration } from '../../harness/base/units.js';
import type { DelaySummary, WebSummary } from '../../harness/result/summary.js';
import { type Content, html } from '../page/escape.js';
import { type Table, tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';

/** Nothing for a run without web users. */
export function webSection({ summary, plan }: RunFiles): Content {
  const web = summary?.web;
  if (!web) return null;
  const { requests, failed, retried, retries, longestGap, errors } = web;
  const { count, p50, max } = summary.failovers.delay;
  const gap =
    longestGap &&
    `${formatDuration(longestGap.seconds)}, from ${longestGap.from.toFixed(1)} s on, at ${longestGap.user}`;
  const wire =
    p50 === null || max === null
      ? 'No request changed its element because of a fault.'
      : `On the wire, from a fault to the first answer of another element: ${formatDuration(p50)} in the median, at most ${formatDuration(max)} (n = ${count}).`;
  return [
    html`<ul class="plain">
<li>Of ${requests} requests ${failed} failed; ${retried} were tried again at another element, ${retries} times in all.</li>
<li>Longest time without a whole answer: ${gap ?? 'there was none'}.</li>
<li>${wire}</li>
${errors.map(({ error, count }) => html`<li>${count} failed: ${error}</li>`)}
</ul>`,
    tableMarkup(latencyTable(web, plan.experiment)),
  ];
}

const latencyTable = ({ latency }: WebSummary, experiment: string): Table<[string, DelaySummary]> => ({
  id: 'web-latency',
  file: `${experiment}-web-latency`,
  caption:
    'Latency at the clients: from when a request was due to its whole answer, by whether a fault was at work meanwhile.',
  rows: [
    ['before the first fault', latency.before],
    ['while a fault was at work', latency.during],
    ['after it', latency.after],
  ],
  columns: [
    { key: 'when', label: 'when', unit: 'text', value: ([when]) => when },
    { key: 'n', label: 'n', unit: 'count', value: ([, { count }]) => count },
    { key: 'mean_s', label: 'mean', unit: 'span', value: ([, { mean }]) => mean },
    { key: 'p50_s', label: 'p50', unit: 'span', value: ([, { p50 }]) => p50 },
    { key: 'p95_s', label: 'p95', unit: 'span', value: ([, { p95 }]) => p95 },
    { key: 'p99_s', label: 'p99', unit: 'span', value: ([, { p99 }]) => p99 },
    { key: 'max_s', label: 'max', unit: 'span', value: ([, { max }]) => max },
  ],
});
