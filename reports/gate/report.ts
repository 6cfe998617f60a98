/** The door of this folder: the report of a gate, `report.html`. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatDuration } from '../../harness/base/units.js';
import { headline } from '../../harness/gate/formats/markdown.js';
import type { History } from '../../harness/gate/history.js';
import type { GateResult } from '../../harness/gate/result.js';
import { type Content, html } from '../page/escape.js';
import { type Page, pageOf, type Section, themeSwitch } from '../page/shell.js';
import { type PageOptions, writePage } from '../page/write.js';
import { writeRunReport } from '../run/report.js';
import { historySection } from './history.js';
import { pointSection } from './point.js';
import { tellingRuns } from './telling.js';

export interface GateReportOptions extends PageOptions {
  /** The folder that the page goes into. */
  readonly into: string;
  /** All gates so far, this one included; null where none is kept. */
  readonly history: History | null;
}

/**
 * Writes the page, and the reports of the runs that show best what it says.
 * @param folder the gate's own, where its runs are
 * @returns the page's path
 */
export function writeGateReport(
  folder: string,
  result: GateResult,
  { into, history, ...options }: GateReportOptions,
): string {
  for (const run of tellingRuns(result)) {
    const path = join(folder, run);
    if (existsSync(join(path, 'summary.json')) && !existsSync(join(path, 'report.html'))) writeRunReport(path, options);
  }
  mkdirSync(into, { recursive: true });
  const link = (run: string) => {
    const page = existsSync(join(folder, run, 'report.html')) ? 'report.html' : '';
    return (
      relative(into, join(folder, run, page))
        .split('/')
        .map(encodeURIComponent)
        .join('/') + (page ? '' : '/')
    );
  };
  return writePage(join(into, 'report.html'), pageOf(gatePage(result, history, link)), options);
}

const verdicts = { pass: 'Pass', fail: 'Fail', unknown: 'Cannot say' } as const;

function gatePage(result: GateResult, history: History | null, link: (run: string) => string): Page {
  const { verdict, points, notes } = result;
  const sections: (Section | null)[] = [
    ...points.map((point, at) => ({ id: `point-${at + 1}`, title: point.name, body: pointSection(point, link) })),
    history && { id: 'history', title: 'History', body: historySection(result, history) },
    { id: 'again', title: 'Again', body: again(result) },
  ];
  return {
    title: `rsplab gate: ${verdicts[verdict]}`,
    description: headline(result),
    header: html`<div class="title-row"><h1>Gate</h1>${themeSwitch()}</div>
<div class="verdict verdict-${verdict}"><strong>${verdicts[verdict]}</strong> <span>${headline(result)}</span></div>
${facts(result)}
${notes.map((note) => html`<p class="note">${note}</p>`)}`,
    sections,
    footer: html`<p>Made by <code>rsplab gate</code>; <code>gate.json</code> beside it has every number.</p>`,
    scripts: [],
  };
}

function facts({ on, date, seconds, commit, baseline, against, points, seed }: GateResult): Content {
  const runs = points.reduce((sum, point) => sum + point.runs.length, 0);
  const programs = Object.entries(against ?? {}).map(([name, path]) => `${name} ${path}`);
  return html`<ul class="facts"><li>on <b>${on}</b></li> <li><b>${runs}</b> runs in <b>${formatDuration(seconds)}</b></li>
<li>${date.slice(0, 16).replace('T', ' ')} UTC</li> <li>seed <b>${seed}</b></li>
${commit !== null && html`<li>commit <b>${commit.slice(0, 12)}</b></li>`}
${baseline && html`<li>against the baseline <b>${baseline.file}</b> of ${baseline.date.slice(0, 10)}</li>`}
${programs.length > 0 && html`<li>against <b>${programs.join(', ')}</b></li>`}</ul>`;
}

function again({ command, versions, baseline, points }: GateResult): Content {
  const suspects = points.flatMap(({ metrics, checks }) => [
    ...metrics.filter(({ verdict }) => verdict === 'fail').map(({ metric }) => metric),
    ...checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check),
  ]);
  const file = baseline ? ` --baseline ${baseline.file}` : '';
  return [
    html`<p>The whole gate:</p><pre class="command"><code>${command}</code></pre>`,
    baseline &&
      suspects.length > 0 &&
      html`<p>If it is meant to be so:</p><pre class="command"><code>rsplab gate --accept ${suspects[0]} --why 'the reason'${file}</code></pre>`,
    html`<ul class="facts">${Object.entries(versions).map(([name, version]) => version && html`<li>${name} <b>${version}</b></li> `)}</ul>`,
  ];
}
