/** The door of this folder: the report of a sweep, `report.html`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../harness/base/shell.js';
import { type Content, html } from '../page/escape.js';
import { type Page, pageOf, themeSwitch } from '../page/shell.js';
import { tableMarkup } from '../page/table.js';
import { type PageOptions, writePage } from '../page/write.js';
import { curveFigures, plainColumn } from './curves.js';
import { readSweep, type SweepFiles } from './read.js';

/**
 * Writes `report.html` into a sweep's folder, from what lies there.
 * @returns its path
 * @throws HarnessError `bad-input` when there is no sweep
 */
export function writeSweepReport(folder: string, options?: PageOptions): string {
  const sweep = readSweep(folder);
  return writePage(join(sweep.folder, 'report.html'), pageOf(sweepReport(sweep)), options);
}

function sweepReport(sweep: SweepFiles): Page {
  const { experiment, question, expectation, on, seed, points, replications } = sweep.description;
  const runs = sweep.runs.length.toLocaleString('en-US');
  return {
    title: `${experiment}: sweep`,
    description: question ?? `A sweep of ${experiment}`,
    header: html`<div class="title-row"><h1>${experiment}</h1>${themeSwitch()}</div>
<ul class="facts"><li>sweep on <b>${on}</b></li><li><b>${points}</b> points × <b>${replications}</b> runs</li><li>seed <b>${seed}</b></li><li class="mono">${sweep.name}</li></ul>`,
    sections: [
      {
        id: 'question',
        title: 'Question',
        body: html`<p class="question">${question ?? 'The experiment’s file asks no question.'}</p>${expectation && html`<p class="expectation"><b>Expectation:</b> ${expectation}</p>`}`,
      },
      { id: 'state', title: 'State', body: stateMarkup(sweep, runs) },
      sweep.points.length === 0 ? null : { id: 'curves', title: 'Curves', body: curveFigures(sweep) },
      { id: 'points', title: 'Points', body: pointTable(sweep) },
      sweep.runs.length === 0 ? null : { id: 'runs', title: 'Runs', body: runTable(sweep) },
      { id: 'reproduce', title: 'Reproduce', body: reproduce(sweep) },
    ],
    footer: html`<p>Made by rsplab from this sweep’s folder; <code>rsplab report</code> makes it again.</p>`,
    scripts: ['figures.js', 'tables.js'],
  };
}

const states = {
  complete: { kind: 'pass', word: 'Complete' },
  failed: { kind: 'fail', word: 'Failed' },
  interrupted: { kind: 'unknown', word: 'Interrupted' },
  running: { kind: 'unknown', word: 'Not finished' },
} as const;

function stateMarkup({ description, points }: SweepFiles, runs: string): Content {
  const { state, failures, replications } = description;
  const { kind, word } = states[state];
  const said =
    points.length === 0 ? 'There are no tables yet: a sweep writes them when it is through.' : `${runs} runs.`;
  return [
    html`<div class="verdict verdict-${kind}"><strong>${word}</strong>
<span>${said}</span>
${failures.length > 0 && html`<ul>${failures.slice(0, 20).map(({ reason, replication }) => html`<li>${replication === null ? 'A point that cannot be planned' : `Run ${replication}`}: ${reason}</li>`)}${failures.length > 20 && html`<li>and ${failures.length - 20} more</li>`}</ul>`}</div>`,
    replications < 10 &&
      html`<p class="note small-sample">A small sample: ${replications} ${replications === 1 ? 'run' : 'runs'} per point${replications === 1 ? ' have no interval' : ' make wide intervals'}.</p>`,
  ];
}

/** Of the metrics only the means: the rest is in the file. */
function pointTable({ points, varied, description }: SweepFiles): Content {
  const columns = Object.keys(points[0] ?? {});
  return tableMarkup({
    id: 'points',
    file: `${description.experiment}-points`,
    caption: 'Means per point; the saved file has intervals and numbers of runs, too',
    source: 'table.csv',
    empty: 'No point has a result yet.',
    rows: points,
    columns: columns.map((name) => ({
      ...plainColumn(name, points),
      label: name.replace(/_mean$/, '').replace(/_/g, ' '),
      csvOnly: !varied.includes(name) && !name.endsWith('_mean'),
    })),
  });
}

function runTable({ runs, runFolders, folder, description }: SweepFiles): Content {
  return [
    tableMarkup({
      id: 'runs',
      file: `${description.experiment}-runs`,
      caption: 'Every run',
      source: 'runs.csv',
      rows: runs,
      columns: Object.keys(runs[0]!)
        .filter((name) => name !== 'folder')
        .map((name) => plainColumn(name, runs)),
    }),
    runFolders.length > 0 &&
      html`<h3>Reports of the runs</h3><ul class="plain">${runFolders.map((each) => {
        const target = existsSync(join(folder, each, 'report.html')) ? '/report.html' : '/';
        return html`<li><a href="${each.split('/').map(encodeURIComponent).join('/')}${target}">${each}</a></li>`;
      })}</ul>`,
  ];
}

function reproduce({ description }: SweepFiles): Content {
  const { file, on, seed, replications, restriction, phases, versions } = description;
  const settings = [
    ...Object.entries(restriction).map(([name, values]) => `${name}=${values.join(',')}`),
    ...Object.entries(phases).map(([name, value]) => `${name}=${value}`),
  ];
  const command = commandLine([
    ...['rsplab', 'sweep', file, '--on', on, '--seed', String(seed), '--replications', String(replications)],
    ...settings.flatMap((setting) => ['--set', setting]),
  ]);
  return [
    html`<pre class="command"><code>${command}</code></pre>`,
    html`<ul class="facts">${Object.entries(versions).map(([name, version]) => version && html`<li>${name} <b>${version}</b></li>`)}</ul>`,
    html`<details><summary>sweep.json</summary><pre>${JSON.stringify(description, null, 2)}</pre></details>`,
  ];
}
