/** The page of the measured figures: what was measured over what was predicted, and where the two part. */

import type { MeanOfRuns } from '../../../harness/sweep/table.js';
import type { WritablePage } from '../../page/write.js';
import { nameOf } from '../claim.js';
import { fileBase, headingOf, isOfPaper, tableNames } from '../figure.js';
import { escapeXml } from '../frame.js';
import { claimOf, figuresPage, navigation, titleOf } from '../page.js';
import { type Cause, causes } from './causes.js';
import type { Departure, DepartureRow } from './departures.js';
import type { EchoCost } from './echo-cost.js';
import type { LostWork } from './lost-work.js';
import type { DrawnMeasured } from './set.js';

export const measuredPage = (drawn: readonly DrawnMeasured[]): WritablePage =>
  figuresPage(`${titleOf(drawn)}, measured by rsplab`, markupOf(drawn));

const markupOf = (drawn: readonly DrawnMeasured[]): string => `<header>
<h1>${titleOf(drawn)}, measured</h1>
<p>Real components, RSPLIB’s registrar, pool elements and pool users over the kernel’s SCTP, in virtual time. Points
are measured, with 95 % intervals over independent runs; curves are what the models predict for the very same
plans.${sizeOf(drawn)} Every measured row can be had again: <code>rsplab reproduce ${lastTable(drawn)} --row 1</code>.</p>
${navigation(drawn)}
</header>
<main>
<section id="causes">
<h2>Why they part</h2>
<ul>${causes.map(causeOf).join('\n')}</ul>
</section>
${drawn.map(sectionOf).join('\n')}
</main>`;

const sizeOf = (drawn: readonly DrawnMeasured[]): string =>
  drawn.some(({ figure }) => isOfPaper(figure))
    ? ' The pool is smaller than the paper’s (3 elements and 30 users instead of 10 and 100) and runs are shorter, on ' +
      'both sides.'
    : '';

const lastTable = (drawn: readonly DrawnMeasured[]): string => tableNames(drawn.at(-1)!.figure).runs;

function sectionOf({
  figure,
  panels,
  departures,
  atFullScale,
  lostWork,
  echoCosts,
  claims,
  perPoint,
  points,
  unknown,
  fingerprints,
}: DrawnMeasured) {
  const [fewest, most] = perPoint;
  const each = fewest === most ? `${most}` : `${fewest} to ${most}`;
  const facts = [
    `${points} points, ${each} ${most === 1 ? 'run' : 'runs'} each`,
    ...(unknown > 0 ? [`${unknown} runs came to nothing`] : []),
    `experiment ${figure.experiment}`,
    `fingerprint ${fingerprints.join(', ')}`,
  ];
  return `<section id="${fileBase(figure)}">
<h2>${escapeXml(headingOf(figure))}</h2>
<p>${facts.map(escapeXml).join(' · ')}</p>
<div class="panels">${panels.map(panelOf).join('\n')}</div>
<h3>Measured against predicted</h3>
${tableOf(departures)}
${isOfPaper(figure) ? `<h3>At full scale, 10 elements and 100 users, one point</h3>\n${tableOf(atFullScale)}` : ''}
${lostWorkTable(lostWork)}
${echoCostTable(echoCosts)}
${listOf('What real components do not do as the paper asks', figure.measured?.departures ?? [])}
<h3>${isOfPaper(figure) ? 'What the paper says' : 'What we expected'}, held against the measurement</h3>
<ul class="claims">${claims.map(claimOf).join('\n')}</ul>
</section>`;
}

function lostWorkTable(rows: readonly LostWork[]): string {
  if (rows.length === 0) return '';
  const share = ({ mean, halfWidth, n }: MeanOfRuns) =>
    mean === null ? '–' : `${number(mean)}${halfWidth === null ? '' : ` ± ${number(halfWidth)}`} (${n} runs)`;
  const row = ({ cookie, measured, predicted }: LostWork) =>
    `<tr><th>${cookie}</th><td>${share(measured)}</td><td>${share(predicted)}</td></tr>`;
  return `<h3>What Figure 14 assumes: a failure costs half a cookie interval</h3>
<p>Work that a failover repeats, in cookie intervals. Where requests are shorter than the interval, less is there to lose.</p>
<table><thead><tr><th>cookie interval / request size</th><th>measured</th><th>predicted (deployment)</th></tr></thead>
<tbody>${rows.map(row).join('\n')}</tbody></table>`;
}

function echoCostTable(costs: readonly EchoCost[]): string {
  if (costs.length === 0) return '';
  const row = ({ point, ...speed }: EchoCost) =>
    `<tr><th>${escapeXml(nameOf(point.policy))}</th><td>${point.mtbf}</td><td>${point.cookie}</td>` +
    `<td>${number(speed.without)} %</td><td>${number(speed.with)} %</td></tr>`;
  return `<h3>What the late cookie echo costs</h3>
<details><summary>Handling speed at each point of Figure 13, predicted without it and with it</summary>
<table><thead><tr><th>policy</th><th>MTBF / request time</th><th>cookie interval / request size</th><th>without</th>
<th>with</th></tr></thead><tbody>${costs.map(row).join('\n')}</tbody></table></details>`;
}

const panelOf = ({ label, base, svg }: DrawnMeasured['panels'][number]): string => `<figure>
${svg.trim()}
<figcaption>${escapeXml(label)}: <a href="${base}.svg">SVG</a> <a href="${base}.png">PNG</a>
<a href="${base}.csv">data</a></figcaption>
</figure>`;

function tableOf(rows: readonly DepartureRow[]): string {
  const said = rows.filter(({ measured }) => measured !== null);
  if (said.length === 0) return '<p>Not measured yet.</p>';
  const models = Object.keys(said[0]!.against);
  const heads = models.map((name) => `<th>${name}</th><th>difference</th><th>verdict</th>`).join('');
  return `<table><thead><tr><th>metric</th><th>measured</th><th>runs</th>${heads}</tr></thead>
<tbody>${said.map(rowOf).join('\n')}</tbody></table>`;
}

const rowOf = ({ metric: { label, unit }, measured, runs, against }: DepartureRow): string =>
  `<tr><th>${escapeXml(label)}</th><td>${number(measured)} ${unit}</td><td>${runs}</td>${Object.values(against)
    .map((departure) => cellsOf(departure, unit))
    .join('')}</tr>`;

function cellsOf({ predicted, percent, interval, verdict }: Departure, unit: string): string {
  const wide = interval ? `${signed(percent)} [${signed(interval.low)}, ${signed(interval.high)}] %` : '–';
  return `<td>${predicted === null ? '–' : `${number(predicted)} ${unit}`}</td><td>${wide}</td><td>${verdict}</td>`;
}

const causeOf = ({ metric, what, shown }: Cause): string =>
  `<li><strong>${escapeXml(metric)}.</strong> ${escapeXml(what)} <small>Shown: ${escapeXml(shown)}</small></li>`;

const listOf = (title: string, items: readonly string[]): string =>
  items.length === 0 ? '' : `<h3>${title}</h3><ul>${items.map((item) => `<li>${escapeXml(item)}</li>`).join('')}</ul>`;

const number = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(3))));
const signed = (value: number | null): string =>
  value === null
    ? '–'
    : `${value < 0 ? '−' : '+'}${Math.abs(value) < 100 ? Math.abs(value).toPrecision(2) : Math.abs(value).toFixed(0)}`;
