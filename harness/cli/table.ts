/** A run's results for a person at a terminal. */
import Table from 'cli-table3';
import { formatDuration } from '../base/units.js';
import type { Plan } from '../experiment/plan.js';
import type { DelaySummary, Summary } from '../result/summary.js';
import type { FinishedRun } from '../run/run.js';
import type { Aftermath } from './aftermath.js';
import { quoteLine } from './calibration-table.js';
import { plain } from './plain.js';
import { registrarBlocks } from './registrar-table.js';
import { webLines } from './web-table.js';

/** @param aftermath the prediction in sentences, and the report */
export function runTable(
  plan: Plan,
  { summary, notes, failovers, takeovers }: FinishedRun,
  { findings, report, trouble }: Aftermath,
): string {
  const { queued, completed, open, lost, unknown } = summary.requests;
  const hidden = unknown ? `, ${unknown} unknown` : '';
  const blocks = [
    ...(plan.question ? [plan.question] : []),
    delayTable(summary),
    `Requests: ${queued} in all: ${completed} completed, ${open} open, ${lost} lost${hidden}.`,
    speedLine(summary),
    ...(summary.faults.length > 0 ? [failoverTable(failovers, summary.holes?.failovers ?? 0)] : []),
    ...(summary.web ? [webLines(summary.web)] : []),
    ...(summary.attacks ? [attackLines(summary.attacks)] : []),
    ...(summary.registrars ? registrarBlocks(summary.registrars, takeovers) : []),
    ...(summary.checks.length > 0 ? [checkTable(summary)] : []),
    ...(findings.length > 0 ? [['Prediction:', ...findings.map((finding) => `  ${finding}`)].join('\n')] : []),
    ...notes.map((note) => `Note: ${note}.`),
    verdictLines(summary, report ?? `none: ${trouble}`),
  ];
  return `\n${blocks.join('\n\n')}\n`;
}

function delayTable({ delays, failovers }: Summary): string {
  const table = new Table({ ...plain, head: ['delay', 'n', 'mean', 'p50', 'p95', 'p99', 'max'] });
  const row = (name: string, { count, mean, p50, p95, p99, max }: DelaySummary) =>
    table.push([name, count, ...[mean, p50, p95, p99, max].map((it) => (it === null ? '–' : formatDuration(it)))]);
  row('queuing', delays.queuing);
  row('startup', delays.startup);
  row('processing', delays.processing);
  row('handling', delays.handling);
  row('failover', failovers.delay);
  return table.toString();
}

function speedLine({ handlingSpeed, utilisation, requests }: Summary): string {
  const percent = (value: number | null) => (value === null ? 'unknown' : `${value.toFixed(1)} %`);
  const speed = `${percent(handlingSpeed.percentOfCapacity)} of a pool element's capacity (n = ${requests.completed})`;
  return `Handling speed: ${speed}. Utilisation: ${percent(utilisation.percent)}.`;
}

function attackLines({ attackers, ...outcome }: NonNullable<Summary['attacks']>): string {
  const table = new Table({
    ...plain,
    head: ['attacker', 'attack', 'asked', 'sent', 'unsent', 'accepted', 'rejected', 'aborted'],
  });
  for (const { host, attack, rate, sent, unsent, accepted, rejected, aborted } of attackers)
    table.push([host, attack, `${rate}/s`, sent, unsent, accepted, rejected, aborted]);
  const { elementsRemoved, fakesRemoved, reportsRefused, resolutionsRefused, failoversWithoutFault } = outcome;
  return [
    table.toString(),
    `Removed for failure reports: ${elementsRemoved} elements of the pool, ${fakesRemoved} of the attackers.`,
    `Refused for their rate: ${reportsRefused} reports, ${resolutionsRefused} handle resolutions.`,
    `Failovers without a fault: ${failoversWithoutFault}.`,
  ].join('\n');
}

/** Nobody reads a longer table on a terminal; the file has them all. */
const failoversShown = 100;

/** @param uncertain how many more there may have been, or not */
function failoverTable(failovers: FinishedRun['failovers'], uncertain: number): string {
  const doubt = uncertain > 0 ? `Uncertain, because the capture has holes: ${uncertain} more failovers.` : '';
  if (failovers.length === 0) return doubt || 'Failovers: none; no fault stalled a request.';
  const table = new Table({
    ...plain,
    head: ['failover', 'fault', 'from → to', 'delay', 'detection', 'selection', 'connection', 'resumption'],
  });
  for (const row of failovers.slice(0, failoversShown)) {
    const stages = [row.delay, row.detection, row.selection, row.connection, row.resumption];
    table.push([
      `${row.user}, request ${row.requestId}`,
      row.faultKind ? `${row.faultKind} at ${row.faultAt?.toFixed(1)} s` : 'none known',
      `${row.oldElement} → ${row.newElement ?? '(never)'}`,
      ...stages.map((it) => (it === null ? '–' : formatDuration(it))),
    ]);
  }
  const rest = failovers.length - failoversShown;
  const more = rest > 0 ? [`… and ${rest} more, in failovers.csv.`] : [];
  return [table.toString(), ...more, ...(doubt ? [doubt] : [])].join('\n');
}

function checkTable({ checks }: Summary): string {
  const table = new Table({ ...plain, head: ['check', 'verdict', 'detail'] });
  for (const { name, verdict, detail } of checks) table.push([name, verdict, detail]);
  return table.toString();
}

const verdictLines = ({ verdict, reasons, replay, calibration }: Summary, report: string): string =>
  [
    `Verdict: ${verdict}`,
    ...reasons.map((reason) => `  because ${reason}`),
    ...(calibration ? [`Lab:     ${quoteLine(calibration)}`] : []),
    `Report:  ${report}`,
    `Again:   ${replay}`,
  ].join('\n');
