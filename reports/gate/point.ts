/** One point of a gate: every metric old and new, checks, what was cleared, the runs that show it. */
import type { GateVerdict, MetricJudgement } from '../../harness/gate/judgement.js';
import type { GatePointResult } from '../../harness/gate/result.js';
import { formatChange, formatLimit, formatValue } from '../../harness/gate/words.js';
import { type Content, type Html, html } from '../page/escape.js';
import { plainLayout } from '../page/table.js';
import { metricPicture } from './picture.js';
import { tellingOf } from './telling.js';

/** What matters most comes first. */
const order: readonly GateVerdict[] = ['fail', 'unknown', 'pass', 'none'];

const words: Readonly<Record<GateVerdict, string>> = { pass: 'pass', fail: 'fail', unknown: 'cannot say', none: '–' };

export function pointSection(point: GatePointResult, link: (run: string) => string): Content {
  const { question, identical, metrics, checks, cleared, reasons, paired } = point;
  const judged = metrics.filter(({ verdict }) => verdict !== 'none');
  const telling = judged.filter((metric) => metric.verdict !== 'pass' || metric.improved);
  const rest = judged.filter((metric) => !telling.includes(metric));
  const sorted = [...telling].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return [
    question !== null && html`<p class="expectation">${question}</p>`,
    reasons.length > 0 &&
      html`<div class="verdict verdict-unknown"><strong>The lab broke</strong><ul>${reasons.map((each) => html`<li>${each}</li>`)}</ul></div>`,
    identical
      ? html`<p>Identical: equal fingerprints and, with seed ${point.runs[0]?.sample?.seed}, equal results.</p>`
      : html`<p class="reading">Dots are runs, thick lines means with 95 % intervals, the dashed line is the limit for the new mean. ${paired ? 'Runs of the same seed are held against each other, one by one.' : 'Means over runs are held against each other.'} The interval of the change is the one that decides, corrected for the number of metrics and judgements.</p>`,
    sorted.length > 0 && metricTable(sorted),
    checks.length > 0 &&
      html`<h3>Checks</h3><ul class="plain">${checks.map(({ check, verdict, words: said }) => html`<li><b>${check}</b>: <span class="is-${kindOf(verdict)}">${words[verdict]}</span>. ${said}</li>`)}</ul>`,
    cleared.length > 0 &&
      html`<h3>Cleared</h3><ul class="plain">${cleared.map((each) => html`<li>${each.words}</li>`)}</ul>`,
    rest.length > 0 &&
      html`<details><summary>${rest.length === 1 ? '1 metric is' : `${rest.length} metrics are`} no worse</summary>${metricTable(rest)}</details>`,
    runs(point, link),
  ];
}

const kindOf = (verdict: GateVerdict): string => (verdict === 'none' ? 'unknown' : verdict);

const metricTable = (metrics: readonly MetricJudgement[]): Html =>
  html`<div class="table-scroll" tabindex="0" role="region" aria-label="Metrics"><table ${plainLayout}>
<thead><tr><th scope="col">metric</th><th scope="col">verdict</th><th scope="col">old and new</th><th scope="col">change</th></tr></thead>
<tbody>${metrics.map(metricRow)}</tbody></table></div>`;

function metricRow(metric: MetricJudgement): Html {
  const { label, verdict, improved, old, new: fresh, unit, change, limit, runsNeeded, confirmed } = metric;
  const more = runsNeeded === null ? '' : `; about ${runsNeeded} runs on each side would do`;
  const sure = confirmed ? `; confirmed by ${confirmed.runs} fresh runs` : '';
  return html`<tr><th scope="row" class="wide">${label}</th>
<td class="wide"><span class="is-${kindOf(verdict)}">${improved ? 'better' : words[verdict]}</span>${more}${sure}</td>
<td>${metricPicture(metric)}</td>
<td class="wide">${formatValue(old.mean, unit)} → ${formatValue(fresh.mean, unit)} (n = ${old.runs} and ${fresh.runs})${change && html`<br>${formatChange(metric.metric, change)}`}<br>limit ${formatLimit(metric.metric, limit)}</td></tr>
`;
}

function runs(point: GatePointResult, link: (run: string) => string): Content {
  const telling = tellingOf(point);
  const made = point.runs.flatMap(({ side, sample }) => (sample ? [{ side, sample }] : []));
  return [
    telling.length > 0 && html`<h3>Runs to look at</h3>`,
    telling.map(
      ({ folder, seed, why, replay }) => html`<p><a href="${link(folder)}">Seed ${seed}</a>: ${why}.</p>
<pre class="command"><code>${replay}</code></pre>`,
    ),
    made.length > 0 &&
      html`<details><summary>All ${made.length} runs</summary><ul class="plain">${made.map(({ side, sample }) => html`<li><a href="${link(sample.folder)}">${sample.folder}</a> (${side}, seed ${sample.seed})</li>`)}</ul></details>`,
  ];
}
