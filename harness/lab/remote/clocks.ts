/**
 * What another machine's clock says when ours says something: from many exchanges, each of which names a time there
 * between two times here. No more is assumed than that its clock runs at a steady rate: so every exchange bounds the
 * offset, and all lines that keep within all bounds are possible. Pure.
 */

/** A question and its answer; seconds since the epoch. */
export interface Exchange {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The other clock, some time between the two. */
  readonly there: number;
  /** How much later than it says that time may have been: 1 for a clock that tells whole seconds. */
  readonly grain: number;
}

export interface ClockReading {
  /** Seconds that the other clock is ahead. */
  readonly offset: number;
  /** It is no further than this from the truth. */
  readonly uncertainty: number;
}

export interface ClockEstimate {
  readonly exchanges: number;
  readonly bestRoundTrip: number;
  /** Seconds that the other clock gains in a second. */
  readonly drift: number;
  readonly driftUncertainty: number;
  /** False when no steady clock answers so: it was set meanwhile, and only the best exchange is sure of anything. */
  readonly steady: boolean;
  /** At a time of ours. */
  at(time: number): ClockReading;
}

/** Linux corrects a clock by 500 ppm at most (adjtimex(2)), and quartz is off by no more than 100. */
const mostDrift = 1e-3;

interface Bound {
  readonly time: number;
  readonly least: number;
  readonly most: number;
}

/** @returns undefined without any exchange */
export function estimateClock(exchanges: readonly Exchange[]): ClockEstimate | undefined {
  if (exchanges.length === 0) return undefined;
  const best = exchanges.reduce((a, b) => (roundTrip(b) < roundTrip(a) ? b : a));
  const bounds = exchanges.map(boundOf);
  const room = (drift: number) => roomAt(bounds, bounds[0]!.time, drift);
  const width = (drift: number) => room(drift).most - room(drift).least;
  const drift = topOf(width, -mostDrift, mostDrift);
  const common = { exchanges: exchanges.length, bestRoundTrip: roundTrip(best) };
  if (width(drift) < 0) {
    const { least, most } = boundOf(best);
    const reading = { offset: (least + most) / 2, uncertainty: (most - least) / 2 };
    return { ...common, drift: 0, driftUncertainty: mostDrift, steady: false, at: () => reading };
  }
  const [slowest, fastest] = [edge(width, drift, -mostDrift), edge(width, drift, mostDrift)];
  return {
    ...common,
    drift: (slowest + fastest) / 2,
    driftUncertainty: (fastest - slowest) / 2,
    steady: true,
    at(time) {
      const most = (it: number) => roomAt(bounds, time, it).most;
      const least = (it: number) => -roomAt(bounds, time, it).least;
      const [top, bottom] = [most(topOf(most, slowest, fastest)), -least(topOf(least, slowest, fastest))];
      return { offset: (top + bottom) / 2, uncertainty: (top - bottom) / 2 };
    },
  };
}

const roundTrip = ({ sentAt, receivedAt, grain }: Exchange): number => receivedAt - sentAt + grain;

function boundOf({ sentAt, receivedAt, there, grain }: Exchange): Bound {
  // For the middle of the exchange, wherever in it the answer was made.
  const slack = (mostDrift * (receivedAt - sentAt)) / 2 + rounding;
  const time = (sentAt + receivedAt) / 2;
  return { time, least: there - receivedAt - slack, most: there + grain - sentAt + slack };
}

/** Seconds since the epoch, as numbers that have 53 bits, are no finer than this. */
const rounding = 5e-7;

/** Between which offsets at a time of ours a clock that drifts so can be. */
function roomAt(bounds: readonly Bound[], time: number, drift: number): { least: number; most: number } {
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const bound of bounds) {
    const moved = drift * (time - bound.time);
    least = Math.max(least, bound.least + moved);
    most = Math.min(most, bound.most + moved);
  }
  return { least, most };
}

/** 1e-3 in 60 thirds is below 1e-13, which in a day comes to 10 ns. */
const steps = 60;

/** Where a concave function is highest. */
function topOf(value: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < steps; step += 1) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (value(a) < value(b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

/** How far from the top towards `to` a concave function is not below zero. */
function edge(value: (x: number) => number, top: number, to: number): number {
  if (value(to) >= 0) return to;
  let [inside, outside] = [top, to];
  for (let step = 0; step < steps; step += 1) {
    const middle = (inside + outside) / 2;
    if (value(middle) >= 0) inside = middle;
    else outside = middle;
  }
  return inside;
}
