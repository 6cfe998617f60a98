/** What a reader sees first: the question, the verdict with its reasons, and three numbers. */
import { formatDuration } from '../../harness/base/units.js';
import type { MetricEstimate, MetricName } from '../../harness/compare/comparison.js';
import { formatValue } from '../../harness/compare/format.js';
import type { Summary, Verdict } from '../../harness/result/summary.js';
import { type Content, type Html, html } from '../page/escape.js';
import { themeSwitch } from '../page/shell.js';
import type { RunFiles } from './read.js';

export function headerMarkup(run: RunFiles): Html {
  const { plan, summary, name } = run;
  const begin = run.journal.find((event) => event.event === 'begin');
  const point = Object.entries(plan.point).map(([key, value]) => html`<li>${key} <b>${String(value)}</b></li>`);
  const on = summary?.on ?? begin?.lab;
  return html`<div class="title-row"><h1>${plan.experiment}</h1>${themeSwitch()}</div>
<ul class="facts">${on && html`<li>on <b>${on}</b></li>`}${point}
<li>seed <b>${plan.seed}</b></li><li>${startOf(run)}</li><li class="mono">${name}</li></ul>`;
}

/** When it was: from the journal, or from the run's name for a run in simulated time. */
function startOf({ journal, name }: RunFiles): string {
  const begin = journal.find((event) => event.event === 'begin');
  const named = /(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(name);
  if (named) return `${named[1]}-${named[2]}-${named[3]} ${named[4]}:${named[5]} UTC`;
  return begin && begin.epoch > 0
    ? `${new Date(begin.epoch * 1e3).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : '';
}

export const questionMarkup = ({ plan: { question, expectation } }: RunFiles): Html =>
  html`<p class="question">${question ?? 'The experiment’s file asks no question.'}</p>
${expectation && html`<p class="expectation"><b>Expectation:</b> ${expectation}</p>`}`;

const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  unknown: 'Unknown',
};

export function verdictMarkup(run: RunFiles): Html {
  const { summary, troubles } = run;
  const verdict = summary?.verdict ?? 'unknown';
  return html`<div class="verdict verdict-${verdict}" role="status"><strong>${verdictWords[verdict]}</strong>
<span>${meaning(run, verdict)}</span>${reasonList([...reasonsOf(run), ...troubles])}</div>`;
}

function meaning({ summary, plan }: RunFiles, verdict: Verdict): string {
  if (!summary) return 'This run never came to its end, so nothing is known about the subject.';
  if (summary.reasons.length > 0) {
    return 'Something went wrong with the lab, so these numbers say nothing certain about the subject:';
  }
  const failed = summary.checks.filter((check) => check.verdict === 'fail').map(({ name }) => name);
  if (verdict === 'fail') return `${failed.join(', ')} ${failed.length === 1 ? 'does' : 'do'} not hold.`;
  if (verdict === 'unknown') return 'Some check could not be judged, because what it is about did not happen:';
  if (plan.checks.length === 0) return 'The run came to its end; the experiment demands nothing else.';
  const count = summary.checks.length;
  return `${count === 1 ? 'The check holds' : count === 2 ? 'Both checks hold' : `All ${count} checks hold`}.`;
}

function reasonsOf({ summary, journal, end }: RunFiles): string[] {
  if (summary) {
    const open = summary.checks.filter(({ verdict }) => verdict === 'unknown');
    return summary.reasons.length > 0 ? summary.reasons : open.map(({ name, detail }) => `${name}: ${detail}`);
  }
  const broken = journal.flatMap((event) => (event.event === 'broken' ? [event.reason] : []));
  const phase = journal.findLast((event) => event.event === 'phase');
  const last = phase?.event === 'phase' ? `its last phase was ${phase.phase}` : 'it had not begun';
  return broken.length > 0 ? broken : [`It was last heard of after ${formatDuration(end)}; ${last}.`];
}

const reasonList = (reasons: readonly string[]): Content =>
  reasons.length > 0 && html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;

/** Fewer have no 95th percentile worth its name. */
const tellsOfTails = 20;

export function headlineMarkup(run: RunFiles): Content {
  const { summary } = run;
  if (!summary) return null;
  const { requests, failovers } = summary;
  if (requests.queued === 0) return html`<p>No request was measured, so there are no numbers.</p>`;
  const estimate = (name: MetricName) =>
    run.comparison?.metrics.find(({ metric }) => metric === name)?.measured ?? null;
  const unfinished = [
    `${requests.open} not finished when the run ended`,
    `${requests.lost} lost`,
    requests.unknown ? `of ${requests.unknown} it is not known, because the capture has holes` : '',
  ];
  const stalled = summary.faults.length > 0;
  const delay = stalled ? estimate('failoverDelay') : estimate('handling');
  const p95 = delay?.quantiles.find(({ p }) => p === 0.95);
  const late =
    !p95 || (delay?.observations ?? 0) < tellsOfTails ? '' : `95 % of them within ${formatDuration(p95.value)}`;
  const everyOne =
    stalled && failovers.delay.mean !== null && failovers.delay.count !== delay?.observations
      ? `${formatDuration(failovers.delay.mean)} over all ${failovers.delay.count}, those of requests not yet accepted included`
      : '';
  return [
    html`<dl class="headlines">
${headline(stalled ? 'Failover delay, mean' : 'Handling time, mean', delay && formatValue(delay.value, 'seconds'), [
  delay
    ? `n = ${delay.observations.toLocaleString('en-US')} ${stalled ? 'failovers of running requests' : 'requests'}`
    : 'there was none to measure',
  intervalText(delay, 'seconds'),
  late,
  everyOne,
  stalled && failovers.open > 0 ? `${failovers.open} never resumed and are not in the mean` : '',
])}
${headline('Handling speed', numberOrNull(summary.handlingSpeed.percentOfCapacity), [
  `of a pool element’s capacity; n = ${requests.completed.toLocaleString('en-US')} requests`,
  intervalText(estimate('handlingSpeed'), 'percent'),
  summary.utilisation.percent === null ? '' : `at ${formatValue(summary.utilisation.percent, 'percent')} utilisation`,
])}
${headline('Requests completed', `${requests.completed.toLocaleString('en-US')} of ${requests.queued.toLocaleString('en-US')}`, unfinished)}
</dl>`,
    sampleNote(delay, stalled),
    holesNote(summary),
  ];
}

const numberOrNull = (percent: number | null): string | null =>
  percent === null ? null : formatValue(percent, 'percent');

const headline = (label: string, number: string | null, details: readonly string[]): Html =>
  html`<div class="headline"><dt>${label}</dt><dd class="number">${number ?? '–'}</dd>
${details.filter((detail) => detail !== '').map((detail) => html`<dd class="detail">${detail}</dd>\n`)}</div>`;

/** An interval below zero means only that nothing below a limit can be told. */
function intervalText(estimate: MetricEstimate | null, unit: 'seconds' | 'percent'): string {
  if (!estimate) return '';
  const { low, high, units } = estimate;
  const over = `${units} ${estimate.unit}${units === 1 ? '' : 's'}`;
  if (low === null || high === null) return `no interval: ${over} only`;
  const ends = low < 0 ? `up to ${formatValue(high, unit)}` : `${formatValue(low, unit)} to ${formatValue(high, unit)}`;
  return `95 % interval: ${ends} (over ${over})`;
}

/** What the numbers above do not rest on. */
const holesNote = ({ holes }: Summary): Content =>
  holes &&
  html`<p class="note">Not everything was seen:</p>
<ul class="plain">${holes.sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;

function sampleNote(estimate: MetricEstimate | null, stalled: boolean): Content {
  if (!estimate?.small) return null;
  const what = `${estimate.units} ${estimate.unit}${estimate.units === 1 ? '' : 's'}`;
  return html`<p class="note small-sample">A small sample: the ${stalled ? 'failover delay' : 'handling time'} rests on ${what}. Take its mean as an example rather than as a law; more replications narrow the interval.</p>`;
}
