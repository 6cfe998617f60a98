/**
 * What happened on each host, as spans for the timeline: a user's request waits, looks for an element, is processed,
 * stalls; an element serves so many requests at a time, or is down.
 */
import type { FailoverRow, RequestRow } from '../../harness/result/rows.js';
import type { RunFiles } from './read.js';

export const spanKinds = ['queued', 'starting', 'running', 'stalled', 'serving', 'down'] as const;
export type SpanKind = (typeof spanKinds)[number];

export interface Span {
  readonly kind: SpanKind;
  readonly from: number;
  readonly to: number;
  /** Row of the request or of the fault; for `serving`, how many requests at a time. */
  readonly ref: number;
}

export interface Lane {
  readonly name: string;
  readonly kind: 'registrar' | 'poolElement' | 'poolUser';
  readonly spans: readonly Span[];
}

export interface FaultMark {
  readonly host: string;
  readonly kind: string;
  readonly network: string | null;
  readonly intendedAt: number;
  readonly injectedAt: number;
  readonly healedAt: number | null;
  readonly evidence: string | null;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly window: RunFiles['window'];
  readonly phases: readonly { readonly name: string; readonly at: number }[];
  readonly lanes: readonly Lane[];
  readonly faults: readonly FaultMark[];
  /** Most requests that an element serves at a time. */
  readonly busiest: number;
}

/** Registrars, elements, users: in the plan's order. What attackers do is a table of its own. */
export function timelineOf(run: RunFiles): Timeline {
  const faults = faultMarks(run);
  const users = grouped(run.requests.entries(), ([, { user }]) => user);
  const failovers = grouped(run.failovers, ({ user, requestId }) => keyOf(user, requestId));
  const served = servedSpans(run, failovers);
  const lanes = run.plan.hosts.flatMap(({ name, role: { kind } }): Lane[] => {
    if (kind === 'attacker') return [];
    const down = faults.flatMap((fault, ref) => (fault.host === name ? [downSpan(fault, ref, run.end)] : []));
    const own =
      kind === 'poolUser'
        ? (users.get(name) ?? []).flatMap(([ref, row]) => userSpans(row, ref, failovers, run.end))
        : loadOf(served.get(name) ?? []);
    return [{ name, kind, spans: [...own, ...down].sort((a, b) => a.from - b.from) }];
  });
  const loads = lanes.flatMap(({ spans }) => spans.flatMap(({ kind, ref }) => (kind === 'serving' ? [ref] : [])));
  return {
    from: 0,
    to: run.end,
    window: run.window,
    phases: run.journal.flatMap((event) => (event.event === 'phase' ? [{ name: event.phase, at: event.time }] : [])),
    lanes: kinds.flatMap((kind) => lanes.filter((lane) => lane.kind === kind)),
    faults,
    busiest: loads.reduce((most, load) => Math.max(most, load), 1),
  };
}

const kinds = ['registrar', 'poolElement', 'poolUser'] as const;

const keyOf = (user: string, request: number): string => `${user}\n${request}`;

export function faultMarks({ journal }: Pick<RunFiles, 'journal'>): FaultMark[] {
  const healed = new Map(
    journal.flatMap((event) => (event.event === 'faultHealed' ? [[event.id, event.healedAt] as const] : [])),
  );
  return journal.flatMap((event) =>
    event.event === 'faultInjected' ? [{ ...event, healedAt: healed.get(event.id) ?? null }] : [],
  );
}

const downSpan = ({ injectedAt, healedAt }: FaultMark, ref: number, end: number): Span => ({
  kind: 'down',
  from: injectedAt,
  to: healedAt ?? end,
  ref,
});

/** A request that never got further stays in its last state until the end. */
function userSpans(
  { user, id, queuedAt, startedAt, acceptedAt, completedAt }: RequestRow,
  ref: number,
  failovers: ReadonlyMap<string, readonly FailoverRow[]>,
  end: number,
): Span[] {
  const span = (kind: SpanKind, from: number | null, to: number | null): Span[] =>
    from === null || (to ?? end) <= from ? [] : [{ kind, from, to: to ?? end, ref }];
  return [
    ...span('queued', queuedAt, startedAt),
    ...span('starting', startedAt, acceptedAt ?? completedAt),
    ...span('running', acceptedAt, completedAt),
    ...(failovers.get(keyOf(user, id)) ?? []).flatMap((row) =>
      span('stalled', row.faultAt ?? row.detectedAt, row.resumedAt),
    ),
  ];
}

interface Served {
  readonly element: string;
  readonly from: number;
  readonly to: number;
}

/** Which element worked on which request when, by element. */
function servedSpans(run: RunFiles, failovers: ReadonlyMap<string, readonly FailoverRow[]>): Map<string, Served[]> {
  const spans = run.requests.flatMap((request): Served[] => {
    if (request.acceptedAt === null) return [];
    const moves = (failovers.get(keyOf(request.user, request.id)) ?? [])
      .filter(({ phase }) => phase === 'running')
      .sort((a, b) => (a.faultAt ?? a.detectedAt ?? 0) - (b.faultAt ?? b.detectedAt ?? 0));
    const served: Served[] = [];
    let from: number | null = request.acceptedAt;
    for (const move of moves) {
      const to = move.faultAt ?? move.detectedAt;
      if (from !== null && to !== null && to > from) served.push({ element: move.oldElement, from, to });
      from = move.resumedAt;
    }
    const to = request.completedAt ?? run.end;
    if (from !== null && request.element !== null && to > from) served.push({ element: request.element, from, to });
    return served;
  });
  return grouped(spans, ({ element }) => element);
}

/** How many at a time, as steps. */
function loadOf(served: readonly Served[]): Span[] {
  const changes = served
    .flatMap(({ from, to }) => [
      { at: from, step: 1 },
      { at: to, step: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step);
  const spans: Span[] = [];
  let [level, since] = [0, 0];
  for (const { at, step } of changes) {
    if (level > 0 && at > since) spans.push({ kind: 'serving', from: since, to: at, ref: level });
    level += step;
    since = at;
  }
  return spans;
}

function grouped<T>(rows: Iterable<T>, keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
