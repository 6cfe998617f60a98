/** The door of this folder: the report of one run, `report.html`. */

import { join } from 'node:path';
import { type Content, html } from '../page/escape.js';
import { figureMarkup } from '../page/figure.js';
import { type Page, pageOf, renderPage, type Section } from '../page/shell.js';
import { tableMarkup } from '../page/table.js';
import { type PageOptions, writePage } from '../page/write.js';
import { attackSection } from './attacks.js';
import { instrumentSection } from './calibration.js';
import { comparisonSection, othersSection } from './comparison.js';
import { distributionFigures } from './distributions.js';
import { type RunFiles, readRun } from './read.js';
import { registrarSection } from './registrars.js';
import { reproduceSection } from './reproduce.js';
import { faultMarks } from './segments.js';
import { stageFigures } from './stages.js';
import { headerMarkup, headlineMarkup, questionMarkup, verdictMarkup } from './summary.js';
import { checkTable, faultTable } from './tables.js';
import { timelineSection } from './timeline.js';
import { impairmentText, topologySvg } from './topology.js';
import { webSection } from './web.js';
import { wireSection } from './wire.js';

/**
 * Writes `report.html` into a run's folder, from what lies there.
 * @returns its path
 * @throws HarnessError `bad-input` when there is no plan
 */
export function writeRunReport(folder: string, options?: PageOptions): string {
  const run = readRun(folder);
  return writePage(join(run.folder, 'report.html'), pageOf(runReport(run)), options);
}

/** The same page as text, in one piece. */
export const renderRunReport = (folder: string): string => renderPage(runReport(readRun(folder)));

const runReport = (run: RunFiles): Page => ({
  title: `${run.plan.experiment}: ${run.summary?.verdict ?? 'unknown'}`,
  description: run.plan.question ?? `A run of ${run.plan.experiment}`,
  header: headerMarkup(run),
  sections: sectionsOf(run),
  footer: html`<p>Made by rsplab ${run.summary?.versions.rsplab ?? ''} from this run’s folder; <code>rsplab report</code> makes it again. Times are in seconds since the run began.</p>`,
  scripts: ['figures.js', 'tables.js', 'timeline-keepalives.js', 'timeline-paint.js', 'timeline.js'],
});

function sectionsOf(run: RunFiles): (Section | null)[] {
  const measured = run.requests.length > 0;
  return [
    { id: 'question', title: 'Question', body: questionMarkup(run) },
    { id: 'verdict', title: 'Verdict', body: [verdictMarkup(run), headlineMarkup(run)] },
    { id: 'topology', title: 'Topology', body: topologyFigure(run) },
    { id: 'timeline', title: 'Timeline', body: timelineSection(run) },
    ...(measured
      ? [
          { id: 'failovers', title: 'Failovers', body: stageFigures(run) },
          { id: 'distributions', title: 'Distributions', body: distributionFigures(run) },
          { id: 'comparison', title: 'Prediction', body: comparisonSection(run) },
        ]
      : []),
    optional('others', 'Other runs', othersSection(run)),
    { id: 'faults', title: 'Faults', body: tableMarkup(faultTable(run)) },
    optional('clients', 'At the clients', webSection(run)),
    optional('attacks', 'Attacks', attackSection(run)),
    optional('registrars', 'Registrars', registrarSection(run)),
    { id: 'checks', title: 'Checks', body: tableMarkup(checkTable(run)) },
    optional('wire', 'On the wire', wireSection(run)),
    optional('instruments', 'Instruments', instrumentSection(run)),
    { id: 'reproduce', title: 'Reproduce', body: reproduceSection(run) },
  ];
}

const optional = (id: string, title: string, body: Content): Section | null =>
  !body || (Array.isArray(body) && body.length === 0) ? null : { id, title, body };

function topologyFigure(run: RunFiles): Content {
  const { plan } = run;
  const faults = faultMarks(run);
  const networks = Object.entries(plan.topology.networks);
  return figureMarkup({
    file: `${plan.experiment}-topology`,
    title: `${plan.topology.name}: ${plan.hosts.length} hosts on ${networks.length} ${networks.length === 1 ? 'network' : 'networks'}`,
    reading:
      faults.length > 0
        ? 'A line is an interface with its own address. Marked hosts were hit by faults.'
        : 'A line is an interface with its own address. No fault was injected.',
    alternative: networks
      .map(([name, network]) => `Network ${name}, ${network.cidr}: ${impairmentText(network)}`)
      .join('. '),
    draw: (size) => topologySvg(plan, faults, size),
    table: tableMarkup({
      id: 'hosts',
      file: `${plan.experiment}-hosts`,
      caption: 'Hosts',
      rows: plan.hosts,
      columns: [
        { key: 'host', label: 'host', unit: 'text', value: ({ name }) => name },
        { key: 'role', label: 'role', unit: 'text', value: ({ role }) => role.kind },
        {
          ...{ key: 'addresses', label: 'addresses', unit: 'text' as const },
          value: ({ legs }) => legs.map(({ network, address }) => `${network} ${address}`).join(', '),
        },
        {
          ...{ key: 'faults', label: 'faults', unit: 'count' as const },
          value: ({ name }) => faults.filter(({ host }) => host === name).length,
        },
      ],
    }),
  });
}
