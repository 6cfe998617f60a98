import type { FailoverRow, RequestRow } from '../result/rows.js';
import { type Doubt, describe } from './doubts.js';
import type { Hole } from './holes.js';
import type { Observation } from './observation.js';

/** What the witnesses did not see, and what that leaves uncertain. */
export interface HoleReport {
  /** For a reader, the widest first: what is missing, what it touches, what is left out. */
  readonly sentences: readonly string[];
  /** Seconds of the window in which nothing was heard of some network. */
  readonly silentSeconds: number;
}

/** Rows, and what of the requests is in doubt. */
export interface Tables {
  readonly requests: RequestRow[];
  readonly failovers: FailoverRow[];
  readonly doubts: Doubt[];
}

/** At most so many holes are named one by one. */
const namedMost = 5;

/** Utilisation that is known this well is as good as known: percentage points. */
const tolerablePoints = 1;

/**
 * Says what the holes are and what they touch. Utilisation is given when its bounds are less than a percentage point
 * apart from it; otherwise they are stated: each uncertain request may have kept one element busy, or none.
 * @param seen false when there is no capture
 */
export function reportHoles(
  holes: readonly Hole[],
  { requests, failovers, doubts }: Tables,
  observation: Observation,
  seen: boolean,
): HoleReport & { readonly utilisationPercent: number | null } {
  const uncertain = requests.filter((row) => row.uncertain != null).length;
  // One that lacks a stage and came to its end has a note of its own.
  const doubtful = failovers.filter((row) => row.uncertain != null && row.resumedAt === null).length;
  const { window } = observation;
  const silences = merged(holes.filter(({ kind }) => kind === 'silence').map((hole) => clip(hole, window)));
  const silentSeconds = seen ? seconds(silences) : seconds([clip({ ...window }, window)]);
  const utilisation = seen ? observation.utilisation() : { done: 0, possible: 0 };
  const unknown = seen ? unknownWork(doubts, silences, observation) : 0;
  const bounds = boundsOf(utilisation, unknown);
  const certain =
    bounds && bounds.high - bounds.percent <= tolerablePoints && bounds.percent - bounds.low <= tolerablePoints;
  const sentences = [
    ...(seen ? [] : ['Nothing was captured']),
    ...holesTold(holes),
    ...affected(uncertain, requests.length, doubtful),
    ...(bounds && !certain
      ? [`Utilisation is not known: it lies between ${bounds.low.toFixed(1)} % and ${bounds.high.toFixed(1)} %`]
      : []),
  ];
  return { sentences, silentSeconds, utilisationPercent: certain ? bounds.percent : null };
}

function holesTold(holes: readonly Hole[]): string[] {
  const widest = [...holes].sort((a, b) => rank(b) - rank(a) || b.to - b.from - (a.to - a.from));
  const told = widest.slice(0, namedMost).map((hole) => `The capture has a hole: ${describe(hole)}`);
  const more = holes.length - told.length;
  return more > 0 ? [...told, `The capture has ${more} more holes`] : told;
}

/** What concerns everybody comes first. */
const rank = ({ between }: Hole): number => (between === null ? 1 : 0);

function affected(requests: number, of: number, failovers: number): string[] {
  if (requests === 0 && failovers === 0) return [];
  return [
    `Uncertain, because not all of them was seen: ${requests} of ${of} requests, ${failovers} failovers; ` +
      'what is not known of them is in no mean',
  ];
}

/** Calculations that may or may not have been performed. */
function unknownWork(doubts: readonly Doubt[], silences: readonly Span[], observation: Observation): number {
  const { window } = observation;
  const { most, all } = observation.capacities();
  return seconds(doubts.map(({ span }) => clip(span, window))) * most + seconds(silences) * all;
}

function boundsOf({ done, possible }: { done: number; possible: number }, unknown: number) {
  if (possible <= 0) return null;
  const percent = (100 * done) / possible;
  const span = (100 * unknown) / possible;
  return { percent, low: Math.max(0, percent - span), high: Math.min(100, percent + span) };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const clip = ({ from, to }: Span, window: Span): Span => ({
  from: Math.max(from, window.from),
  to: Math.max(Math.max(from, window.from), Math.min(to, window.to)),
});

const seconds = (spans: readonly Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/** Without what they have in common. */
function merged(spans: readonly Span[]): Span[] {
  const whole: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else whole.push({ from, to });
  }
  return whole;
}
