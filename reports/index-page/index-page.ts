/** The door of this folder: the index over a folder of results, `index.html`. */

import { join, resolve } from 'node:path';
import { type Content, type Html, html } from '../page/escape.js';
import { type Page, pageOf, themeSwitch } from '../page/shell.js';
import { plainLayout } from '../page/table.js';
import { type PageOptions, writePage } from '../page/write.js';
import { type Entry, entriesIn } from './entries.js';

/**
 * Writes `index.html` into a folder of results.
 * @returns its path
 */
export const writeIndex = (results: string, options?: PageOptions): string =>
  writePage(join(resolve(results), 'index.html'), pageOf(indexOver(entriesIn(resolve(results)))), options);

const indexOver = (entries: readonly Entry[]): Page => ({
  title: 'rsplab results',
  description: `${entries.length} runs and sweeps`,
  header: html`<div class="title-row"><h1>Results</h1>${themeSwitch()}</div>
<ul class="facts"><li><b>${count(entries, 'run')}</b> runs</li><li><b>${count(entries, 'sweep')}</b> sweeps</li><li><b>${count(entries, 'exploration')}</b> explorations</li>
${(['pass', 'fail', 'unknown'] as const).map((verdict) => html`<li><b>${entries.filter((entry) => entry.verdict === verdict).length}</b> ${verdict}</li>`)}</ul>`,
  sections: [{ id: 'runs', title: 'Runs and sweeps, the newest first', body: list(entries) }],
  footer: html`<p>Made by <code>rsplab report</code>, which also makes it anew.</p>`,
  scripts: ['lists.js'],
});

const count = (entries: readonly Entry[], kind: Entry['kind']): number =>
  entries.filter((entry) => entry.kind === kind).length;

function list(entries: readonly Entry[]): Content {
  if (entries.length === 0)
    return html`<p>Nothing here yet: <code>rsplab run experiments/element-kill.ts</code> makes a run.</p>`;
  return html`<form class="filters" data-filters hidden>
<label>Search <input type="search" name="text" placeholder="any word"></label>
${choice(
  'experiment',
  'Experiment',
  entries.map(({ experiment }) => experiment),
)}
${choice(
  'on',
  'Subject',
  entries.map(({ on }) => on),
)}
${choice(
  'verdict',
  'Verdict',
  entries.map(({ verdict }) => verdict),
)}
${choice(
  'kind',
  'Kind',
  entries.map(({ kind }) => kind),
)}
<button type="reset">All</button>
<span role="status" data-shown></span>
</form>
<div class="table-scroll" tabindex="0" role="region" aria-label="Runs and sweeps"><table data-list ${plainLayout}>
<thead><tr>${['time (UTC)', 'experiment', 'subject', 'point', 'verdict', 'headline', 'pages'].map((head) => html`<th scope="col" align="left">${head}</th>`)}</tr></thead>
<tbody>${entries.map(row)}</tbody></table></div>
<p class="note" data-none hidden>Nothing matches these filters.</p>`;
}

function choice(name: string, label: string, values: readonly string[]): Html {
  const known = [...new Set(values)].filter((value) => value !== '').sort();
  return html`<label>${label} <select name="${name}"><option value="">any</option>${known.map((value) => html`<option>${value}</option>`)}</select></label>`;
}

function row({ time, experiment, on, point, verdict, headline, kind, path, hasReport, comparisons }: Entry): Html {
  const link = path.split('/').map(encodeURIComponent).join('/');
  const name = hasReport ? html`<a href="${link}/report.html">${experiment}</a>` : experiment;
  const pages = [
    hasReport
      ? html`<a href="${link}/report.html" aria-label="Report of ${path}">report</a>`
      : html`<a href="${link}/">folder</a>`,
    ...comparisons.map((file) => comparisonLink(link, file, hasReport)),
  ];
  return html`<tr data-experiment="${experiment}" data-on="${on}" data-verdict="${verdict}" data-kind="${kind}">
<td class="mono nowrap">${time}</td><td>${name}${kind !== 'run' && html` <span class="mono">${kind}</span>`}</td><td>${on || '–'}</td><td>${point || '–'}</td>
<td><span class="is-${verdict}">${kind === 'sweep' ? (verdict === 'pass' ? 'complete' : verdict === 'fail' ? 'failed' : 'unfinished') : verdict}</span></td>
<td class="wide">${headline}</td><td>${pages.map((page, index) => [index > 0 && ', ', page])}</td></tr>
`;
}

function comparisonLink(link: string, file: string, hasReport: boolean): Html {
  const other = /^comparison-(.*)\.json$/.exec(file)?.[1];
  const target = hasReport ? `report.html#${other ? 'others' : 'comparison'}` : encodeURIComponent(file);
  return html`<a href="${link}/${target}">${other ? `against ${other}` : 'prediction'}</a>`;
}
