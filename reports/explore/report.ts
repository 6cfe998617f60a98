/** The door of this folder: the report of an exploration, `report.html`. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { formatDuration } from '../../harness/base/units.js';
import { loadPlan } from '../../harness/experiment/load-plan.js';
import { type Exploration, readExploration } from '../../harness/explore/folder.js';
import { describeTarget } from '../../harness/fault/target.js';
import { type Content, html } from '../page/escape.js';
import { type Page, pageOf, themeSwitch } from '../page/shell.js';
import { tableMarkup } from '../page/table.js';
import { type PageOptions, writePage } from '../page/write.js';

type Group = Exploration['groups'][number];

/**
 * Writes `report.html` into an exploration's folder, from what lies there.
 * @returns its path
 * @throws HarnessError `bad-input` when there is no exploration
 */
export function writeExploreReport(folder: string, options?: PageOptions): string {
  const path = resolve(folder);
  return writePage(join(path, 'report.html'), pageOf(exploreReport(path, readExploration(path))), options);
}

function exploreReport(folder: string, exploration: Exploration): Page {
  const { experiment, question, expectation, on, firstSeed, tried, runs, groups } = exploration;
  const name = `${basename(dirname(folder))}/${basename(folder)}`;
  return {
    title: `${experiment}: exploration`,
    description: question ?? `An exploration of ${experiment}`,
    header: html`<div class="title-row"><h1>${experiment}</h1>${themeSwitch()}</div>
<ul class="facts"><li>exploration on <b>${on}</b></li><li><b>${tried.seeds}</b> seeds from <b>${firstSeed}</b></li><li><b>${runs}</b> runs</li><li class="mono">${name}</li></ul>`,
    sections: [
      {
        id: 'question',
        title: 'Question',
        body: html`<p class="question">${question ?? 'The experiment’s file asks no question.'}</p>${expectation && html`<p class="expectation"><b>Expectation:</b> ${expectation}</p>`}`,
      },
      { id: 'state', title: 'State', body: stateMarkup(exploration) },
      { id: 'findings', title: 'Findings', body: findingsTable(exploration) },
      ...groups.map((group, index) => ({
        ...{ id: group.id, title: `${index + 1}. ${group.check}`, unlisted: groups.length > 12 },
        body: groupMarkup(folder, exploration, group),
      })),
      { id: 'rest', title: 'What is not known', body: restMarkup(exploration) },
      { id: 'reproduce', title: 'Reproduce', body: reproduce(exploration) },
    ],
    footer: html`<p>Made by rsplab from this exploration’s folder; <code>rsplab report</code> makes it again.</p>`,
    scripts: ['tables.js'],
  };
}

const words = { complete: 'Complete', interrupted: 'Interrupted', running: 'Not finished' } as const;

function stateMarkup({ state, tried, groups, spentSeconds, runs }: Exploration): Content {
  const kind = tried.failed > 0 ? 'fail' : tried.passed > 0 && state === 'complete' ? 'pass' : 'unknown';
  const found =
    tried.failed === 0
      ? 'No check failed.'
      : `Checks failed in ${groups.length} ways, in ${tried.failed} of ${tried.seeds} runs.`;
  return [
    html`<div class="verdict verdict-${kind}"><strong>${words[state]}</strong> <span>${found}</span></div>`,
    html`<ul class="facts"><li><b>${tried.passed}</b> passed</li><li><b>${tried.failed}</b> failed</li><li><b>${tried.unknown}</b> unknown</li><li><b>${runs}</b> runs in <b>${formatDuration(spentSeconds)}</b></li></ul>`,
  ];
}

const nameOf = ({ shape }: Group): string => (shape.length === 0 ? 'no fault at all' : shape.join(', '));

function findingsTable({ groups, tried, experiment }: Exploration): Content {
  return tableMarkup({
    id: 'findings-all',
    file: `${experiment}-findings`,
    caption: 'Findings that are alike: the same check, the same kinds and roles of faults left over',
    empty: 'Nothing was found.',
    rows: groups,
    columns: [
      {
        key: 'check',
        label: 'check',
        unit: 'text',
        value: ({ check }) => check,
        show: ({ check, id }) => html`<a href="#${id}">${check}</a>`,
      },
      { key: 'with', label: 'fails with', unit: 'text', value: nameOf },
      { key: 'seeds', label: 'seeds', unit: 'count', value: ({ seeds }) => seeds.length },
      {
        key: 'percent',
        label: 'of judged runs',
        unit: 'percent',
        value: ({ seeds }) => (100 * seeds.length) / (tried.passed + tried.failed),
      },
      { key: 'faults', label: 'smallest', unit: 'count', value: ({ smallest }) => smallest.faults },
      { key: 'first_seed', label: 'its seed', unit: 'text', value: ({ smallest }) => String(smallest.seed) },
    ],
  });
}

const claims: Record<Group['smallest']['state'], string> = {
  running: 'the search was not over',
  minimal: 'none of them can be left out',
  exhausted: 'the runs were used up before more was known',
  undecided: 'fewer may do, but the lab broke each time that was tried',
  'not reproduced': 'all of them did not do so again',
};

function groupMarkup(folder: string, { on, fingerprint }: Exploration, group: Group): Content {
  const { seeds, smallest, check } = group;
  const file = join(folder, smallest.plan);
  const faults = existsSync(file) ? loadPlan(file).faults : [];
  return [
    html`<p><b>${check}</b> fails with ${nameOf(group)}; found under ${seeds.length === 1 ? 'seed' : `${seeds.length} seeds:`} ${seeds.join(', ')}.</p>`,
    html`<p>The smallest: ${smallest.faults} of ${smallest.of} faults under seed ${smallest.seed}; ${claims[smallest.state]}.</p>`,
    html`<p>${smallest.detail}</p>`,
    faults.length > 0 &&
      html`<ul class="plain">${faults.map(({ fault, lasting, ...when }) => {
        const time = 'time' in when ? `at ${formatDuration(when.time)}` : when.when;
        const network = fault.network === null ? '' : ` (${fault.network})`;
        const span = lasting === null ? 'to the end' : `for ${formatDuration(lasting)}`;
        return html`<li>${time}: ${fault.kind} on ${describeTarget(fault.target)}${network} ${span}</li>`;
      })}</ul>`,
    html`<pre class="command"><code>${smallest.replay}</code></pre>`,
    fingerprint !== null &&
      html`<p>On ${on} with fingerprint <code>${fingerprint}</code> it fails exactly so again.</p>`,
    html`<p><a href="${relative(folder, file).split('/').map(encodeURIComponent).join('/')}">The plan</a></p>`,
  ];
}

function restMarkup({ unknown, unfinished, unconfirmed, experiment }: Exploration): Content {
  const rows = [
    ...unknown.map(({ seed, reasons }) => ({ seed, what: 'unknown', why: reasons.join('; ') })),
    ...unfinished.map(({ seed, check, detail }) => ({ seed, what: `${check} is not shrunk yet`, why: detail })),
    ...unconfirmed.map(({ seed, check, detail }) => ({ seed, what: `${check} did not fail again`, why: detail })),
  ];
  return tableMarkup({
    id: 'rest-all',
    file: `${experiment}-rest`,
    caption: 'Seeds of which not all is known; none of them is a finding',
    empty: 'Nothing: every run was judged, and every failure shrunk.',
    rows,
    columns: [
      { key: 'seed', label: 'seed', unit: 'text', value: ({ seed }) => String(seed) },
      { key: 'what', label: 'what', unit: 'text', value: ({ what }) => what },
      { key: 'why', label: 'why', unit: 'text', value: ({ why }) => why },
    ],
  });
}

function reproduce(exploration: Exploration): Content {
  const { file, on, firstSeed, tried, point, phases, versions, fingerprint, maxRuns } = exploration;
  const settings = [...Object.entries(point), ...Object.entries(phases)].map(
    ([name, value]) => `--set ${name}=${value}`,
  );
  const command = ['rsplab explore', file, `--on ${on}`, `--seed ${firstSeed}`, `--seeds ${Math.max(1, tried.seeds)}`];
  const facts = { ...versions, ...(fingerprint !== null && { fingerprint }) };
  return [
    html`<pre class="command"><code>${[...command, `--max-runs ${maxRuns}`, ...settings].join(' ')}</code></pre>`,
    html`<ul class="facts">${Object.entries(facts).map(([name, version]) => version && html`<li>${name} <b>${version}</b></li>`)}</ul>`,
    html`<details><summary>exploration.json</summary><pre>${JSON.stringify(exploration, null, 2)}</pre></details>`,
  ];
}
