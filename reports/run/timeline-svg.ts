/** The timeline as a still picture: for paper, for papers, and where no script runs. */
import { html } from '../page/escape.js';
import type { Size } from '../page/figure.js';
import type { Lane, Span, SpanKind, Timeline } from './segments.js';

interface Layout {
  readonly x: (time: number) => number;
  readonly rows: readonly { readonly lane: Lane; readonly y: number; readonly height: number }[];
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

const axisHeight = 24;
/** Beyond these, lanes of users get thinner, and only some are named. */
const roomForUsers = 460;
const laneGap = 3;

export function timelineSvg(whole: Timeline, { width }: Size): string {
  const timeline = { ...whole, lanes: lanesMost.flatMap(([kind, most]) => joined(whole.lanes, kind, most)) };
  const layout = layOut(timeline, width);
  const height = layout.bottom + 4;
  return [
    `<svg viewBox="0 0 ${width} ${height}" font-size="12" fill="currentColor">`,
    phaseMarks(timeline, layout),
    ...layout.rows.map(({ y, height: tall }) => rule(layout, y + tall + laneGap / 2)),
    ...drawOrder.map((kind) => pathOf(kind, layout, timeline.busiest)),
    ...laneNames(layout),
    '</svg>',
  ].join('');
}

/** More of a kind than this and several hosts share a lane: paper has only so many lines. */
const lanesMost = [
  ['registrar', 10],
  ['poolElement', 40],
  ['poolUser', 120],
] as const;

/** How many hosts of each kind share a lane of the still picture. */
export const hostsPerLane = (lanes: readonly Lane[], kind: Lane['kind']): number => {
  const most = lanesMost.find(([each]) => each === kind)![1];
  return Math.ceil(lanes.filter((lane) => lane.kind === kind).length / most);
};

function joined(lanes: readonly Lane[], kind: Lane['kind'], most: number): Lane[] {
  const own = lanes.filter((lane) => lane.kind === kind);
  const each = hostsPerLane(lanes, kind);
  if (own.length <= most) return own;
  return Array.from({ length: Math.ceil(own.length / each) }, (_, index) => {
    const group = own.slice(index * each, (index + 1) * each);
    const spans = group.flatMap((lane) => lane.spans).sort((a, b) => a.from - b.from);
    return { name: `${group[0]!.name} …`, kind, spans };
  });
}

/** Later ones lie on top. */
const drawOrder: readonly SpanKind[] = ['queued', 'starting', 'running', 'serving', 'down', 'stalled'];

const inks: Readonly<Record<SpanKind, string>> = {
  queued: 'var(--state-queued)',
  starting: 'var(--state-starting)',
  running: 'var(--state-running)',
  serving: 'var(--state-running)',
  stalled: 'var(--state-stalled)',
  down: 'var(--state-down)',
};

function layOut({ lanes, from, to }: Timeline, width: number): Layout {
  const left = Math.min(90, 14 + 7.2 * Math.max(...lanes.map(({ name }) => Math.min(name.length, 10))));
  const right = width - 8;
  const users = lanes.filter(({ kind }) => kind === 'poolUser').length;
  const userHeight = Math.max(1.5, Math.min(14, roomForUsers / Math.max(1, users) - laneGap));
  const heights = { registrar: 12, poolElement: lanes.length > 60 ? 16 : 22, poolUser: userHeight };
  let y = axisHeight;
  const rows = lanes.map((lane) => {
    const row = { lane, y, height: heights[lane.kind] };
    y += row.height + laneGap;
    return row;
  });
  const scale = (right - left) / Math.max(1e-9, to - from);
  return { x: (time) => left + (time - from) * scale, rows, left, right, bottom: y };
}

function phaseMarks({ to, window }: Timeline, { x, left, right, bottom }: Layout): string {
  const step = niceStep(to, (right - left) / 90);
  const ticks = Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => index * step);
  const outside = window
    ? [
        { from: 0, to: window.from },
        { from: window.to, to },
      ]
    : [];
  return [
    ...outside.map(
      (each) =>
        html`<rect x="${one(x(each.from))}" y="${axisHeight - 4}" width="${one(Math.max(0, x(each.to) - x(each.from)))}" height="${one(bottom - axisHeight + 4)}" fill="var(--raised)"/>`,
    ),
    ...ticks.map(
      (tick) =>
        html`<line x1="${one(x(tick))}" x2="${one(x(tick))}" y1="${axisHeight - 4}" y2="${one(bottom)}" stroke="var(--line)"/><text x="${one(x(tick))}" y="12" text-anchor="${tick === 0 ? 'start' : 'middle'}" fill="var(--muted)">${tick === 0 ? '0 s' : clock(tick)}</text>`,
    ),
  ].join('');
}

const rule = ({ left, right }: Layout, y: number): string =>
  `<line x1="${left}" x2="${right}" y1="${one(y)}" y2="${one(y)}" stroke="var(--line)" stroke-width="0.5"/>`;

/** All spans of a kind in one path: an hour of a hundred users is thousands of them. */
function pathOf(kind: SpanKind, { rows, x }: Layout, busiest: number): string {
  const parts = rows.flatMap(({ lane, y, height }) =>
    merged(
      lane.spans.filter((span) => span.kind === kind),
      x,
    ).map(({ from, to, ref }) => {
      const tall = kind === 'queued' ? height * 0.3 : kind === 'serving' ? (height * ref) / busiest : height;
      return `M${one(from)},${one(y + height - tall)}h${one(to - from)}v${one(tall)}h${one(from - to)}z`;
    }),
  );
  const opacity = kind === 'down' ? ' fill-opacity="0.75"' : '';
  return parts.length === 0 ? '' : `<path fill="${inks[kind]}"${opacity} d="${parts.join('')}"/>`;
}

/** Spans that fall on the same spot become one, as high as the highest. */
function merged(spans: readonly Span[], x: (time: number) => number): { from: number; to: number; ref: number }[] {
  const shown: { from: number; to: number; ref: number }[] = [];
  for (const { from, to, ref, kind } of spans) {
    const [left, right] = [x(from), Math.max(x(to), x(from) + 0.8)];
    const last = shown.at(-1);
    const same = last && (kind !== 'serving' || last.ref === ref || right - left < 1);
    if (same && left <= last.to + 0.2) {
      last.to = Math.max(last.to, right);
      last.ref = Math.max(last.ref, ref);
    } else shown.push({ from: left, to: right, ref });
  }
  return shown;
}

function laneNames({ rows, left }: Layout): string[] {
  let free = 0;
  return rows.flatMap(({ lane, y, height }) => {
    const middle = y + height / 2 + 4;
    if (middle - 10 < free) return [];
    free = middle + 1;
    const name = lane.name.length > 10 ? `${lane.name.slice(0, 9)}…` : lane.name;
    return [html`<text x="${left - 6}" y="${one(middle)}" text-anchor="end">${name}</text>`.text];
  });
}

const one = (value: number): number => Math.round(value * 10) / 10;

/** So that about `count` ticks fit. */
function niceStep(length: number, count: number): number {
  const rough = length / Math.max(1, count);
  return (
    [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600].find((step) => step >= rough) ?? 7200
  );
}

/** As in `40 s`, `12 min`, `1 h 30`. */
function clock(seconds: number): string {
  if (seconds < 120 || seconds % 60 !== 0) return `${Number(seconds.toFixed(1))} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60 || ''}`.trim();
}
