/** The section that shows what happened on each host over time. */
import { formatDuration } from '../../harness/base/units.js';
import { type Content, type Html, html } from '../page/escape.js';
import { figureMarkup, swatch } from '../page/figure.js';
import { packed } from '../page/packed.js';
import { tableMarkup } from '../page/table.js';
import { packKeepAlives, tooManyAnswered } from './keep-alives.js';
import type { RunFiles } from './read.js';
import { type Lane, spanKinds, type Timeline, timelineOf } from './segments.js';
import { requestTable } from './tables.js';
import { hostsPerLane, timelineSvg } from './timeline-svg.js';

/** Beyond this, a page would not open at once any more: it shows the still picture, and the table lies beside it. */
const requestsMost = 30_000;

export function timelineSection(run: RunFiles): Content {
  const timeline = timelineOf(run);
  const small = run.requests.length <= requestsMost;
  const tooMany = html`<p class="note">${run.requests.length} requests are too many for one page: the picture shows all of them, their table is in requests.csv in the run’s folder.</p>`;
  return [
    small ? null : tooMany,
    figureMarkup({
      file: `${run.plan.experiment}-timeline`,
      title: 'What each host did',
      reading: reading(timeline),
      alternative: alternative(run, timeline),
      draw: (size) => timelineSvg(timeline, size),
      extra: [legend(run), small ? interactive(run, timeline) : null],
      table: small ? tableMarkup(requestTable(run)) : null,
    }),
  ];
}

const reading = ({ busiest, lanes }: Timeline): string =>
  `Pool elements are as tall as they are busy (at most ${busiest} ${busiest === 1 ? 'request' : 'requests'} at a time); ` +
  'pool users show their requests, those that wait as a thin strip. Shaded: before and after the measurement.' +
  sharing(lanes);

/** Of the still picture only; the one that can be scrolled has a lane for each. */
function sharing(lanes: readonly Lane[]): string {
  const users = hostsPerLane(lanes, 'poolUser');
  const elements = hostsPerLane(lanes, 'poolElement');
  if (users <= 1 && elements <= 1) return '';
  return ` In the saved picture and on paper ${users} users and ${elements} elements share a lane.`;
}

function alternative(run: RunFiles, { lanes, faults, to }: Timeline): string {
  const count = (kind: Lane['kind']) => lanes.filter((lane) => lane.kind === kind).length;
  return (
    `Timeline of ${formatDuration(to)} with ${count('registrar')} registrars, ${count('poolElement')} pool elements and ` +
    `${count('poolUser')} pool users: ${run.requests.length} requests, ${faults.length} faults, ${run.failovers.length} failovers.`
  );
}

const legend = (run: RunFiles): Html =>
  html`<ul class="legend">${[
    ['queued', 'waits in its user’s queue'],
    ['starting', 'looks for an element'],
    ['running', 'accepted by an element'],
    ...(run.failovers.length > 0 ? [['stalled', 'stalled: from the fault to the new element’s answer']] : []),
    ['down', 'element down'],
  ].map(([name, text]) => html`<li>${swatch(`state-${name!}`)} ${text}</li>`)}</ul>`;

const buttons = [
  ['ArrowLeft', '←', 'Earlier'],
  ['ArrowRight', '→', 'Later'],
  ['+', '+', 'Zoom in'],
  ['-', '−', 'Zoom out'],
  ['0', 'Whole run', 'Show the whole run'],
] as const;

const interactive = (run: RunFiles, timeline: Timeline): Html =>
  html`<div class="timeline" hidden>
<div class="timeline-tools">
${buttons.map(([key, text, label]) => html`<button type="button" data-key="${key}" aria-label="${label}" title="${label}">${text}</button>`)}
${run.failovers.length > 0 && html`<button type="button" data-key="p">Previous failover</button><button type="button" data-key="n">Next failover</button>`}
<label>Hosts <input type="search" size="8" placeholder="pe1, pu" data-hosts></label>
${run.failovers.length > 0 && html`<label><input type="checkbox" data-stalled> only users with failovers</label>`}
<span class="range" data-range role="status"></span>
</div>
${keepAliveLegend(run)}<div class="timeline-frame" tabindex="-1"><canvas tabindex="0" role="application" aria-roledescription="timeline" aria-label="Timeline. Arrow keys move, plus and minus zoom, 0 shows the whole run, n and p go to the next and previous failover. The data are in the table below."></canvas><div class="timeline-spacer"></div></div>
<p class="reading">Drag to zoom in, double-click for the whole run, Ctrl and wheel to zoom. Keys: ← → + − 0, n and p for failovers.</p>
${packed('timeline-data', clientData(run, timeline))}
</div>`;

/** The still picture has none. */
function keepAliveLegend({ keepAlives }: RunFiles): Content {
  if (keepAlives.length === 0) return null;
  const answered = tooManyAnswered(keepAlives)
    ? 'keep-alives of sessions that were answered are too many for one page: they are in keepalives.csv'
    : 'keep-alive of a session and its answer: zoom in to see them; above by the sender, below by the receiver';
  return html`<ul class="legend"><li><b aria-hidden="true">┌ </b>${answered}</li><li><b aria-hidden="true">× </b>keep-alive without an answer</li></ul>
`;
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1e3);

/** As `timeline-paint.js` describes it: milliseconds, beginnings as differences, because that packs best. */
function clientData(run: RunFiles, timeline: Timeline) {
  const laneOf = new Map(timeline.lanes.map(({ name }, index) => [name, index]));
  const index = (name: string | null) => (name === null ? -1 : (laneOf.get(name) ?? -1));
  const moves = run.failovers.flatMap((row) => {
    const fault = row.faultAt ?? row.detectedAt;
    if (fault === null) return [];
    const cause = row.faultKind ? `${row.faultKind} of ${row.oldElement}` : `${row.oldElement} was given up`;
    const end =
      row.resumedAt === null
        ? 'never resumed'
        : `resumed by ${row.newElement ?? 'nobody known'} after ${formatDuration(row.resumedAt - fault)}`;
    return [
      {
        ...{ user: index(row.user), old: index(row.oldElement), fresh: index(row.newElement), request: row.requestId },
        ...{ fault: milliseconds(fault), resumed: milliseconds(row.resumedAt ?? run.end) },
        text: `${row.user}, request ${row.requestId}: ${cause} at ${fault.toFixed(1)} s, ${end}`,
      },
    ];
  });
  return {
    to: milliseconds(timeline.to),
    window: timeline.window && [milliseconds(timeline.window.from), milliseconds(timeline.window.to)],
    busiest: timeline.busiest,
    kinds: spanKinds,
    phases: timeline.phases.map(({ name, at }) => [name, milliseconds(at)]),
    lanes: timeline.lanes.map(packLane),
    faults: timeline.faults.map(
      ({ kind, host, network, injectedAt, healedAt }) =>
        `${kind} of ${host}${network ? ` on ${network}` : ''} at ${injectedAt.toFixed(3)} s, ` +
        (healedAt === null ? 'not healed' : `healed after ${formatDuration(healedAt - injectedAt)}`),
    ),
    moves: moves.sort((a, b) => a.fault - b.fault),
    keepAlives: packKeepAlives(run.keepAlives, laneOf),
  };
}

/** In the order of drawing where spans begin together: what lies on top comes last. */
function packLane({ name, kind, spans }: Lane) {
  const sorted = spans
    .map((span) => ({ ...span, start: milliseconds(span.from), what: spanKinds.indexOf(span.kind) }))
    .sort((a, b) => a.start - b.start || a.what - b.what);
  return {
    name,
    kind,
    start: sorted.map(({ start }, index) => start - (sorted[index - 1]?.start ?? 0)),
    length: sorted.map(({ to, start }) => milliseconds(to) - start),
    what: sorted.map(({ what }) => what),
    ref: sorted.map(({ ref }) => ref),
  };
}
