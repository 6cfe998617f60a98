/** How exact a fault is: when the wire shows it, beside when it was intended and when the journal has it. */
import type { CalibrationLine } from '../result/calibration.js';
import { type Echoes, firstAnswers } from './echoes.js';
import { quantileLine } from './line.js';

/** A fault that was injected into a host while a dense train of packets ran. Seconds since the epoch. */
export interface Injection {
  /** The train that shows it. */
  readonly ident: number;
  readonly intendedAt: number;
  /** The moment before the first action on the host, as journals have it. */
  readonly injectedAt: number;
}

/** Of medians. A failover's shortest stages are round trips of 20 ms. */
const tolerance = 5e-3;
/** Of the size of nine in ten. */
const tailTolerance = 25e-3;

/** Seconds between packets of the trains that faults cut: the resolution of what the wire shows. */
export const denseEvery = 0.002;

export function injectionLines(
  cuts: readonly Injection[],
  kills: readonly Injection[],
  trains: ReadonlyMap<number, Echoes>,
): CalibrationLine[] {
  const errors = (injections: readonly Injection[], shown: (echoes: Echoes, at: number) => number | null) =>
    injections.flatMap((injection) => {
      const echoes = trains.get(injection.ident);
      const at = echoes ? shown(echoes, injection.injectedAt) : null;
      return at === null ? [] : [at - injection.injectedAt];
    });
  const cutErrors = errors(cuts, cutShownAt);
  const killErrors = errors(kills, (echoes) => endShownAt(echoes));
  const late = [...cuts, ...kills].map(({ intendedAt, injectedAt }) => injectedAt - intendedAt);
  // Medians: a lab kernel that has to wait for its CPU is late by much and seldom, which the other quantile shows.
  const line = (key: string, what: string, sample: readonly number[]) => [
    quantileLine({ key, what: `${what}, median`, asked: 0, tolerance }, 'seconds', sample, 0.5),
    // With fewer, its interval has no upper end.
    ...(sample.length < enoughForTail ? [] : [tailLine(key, what, sample)]),
  ];
  return [
    ...line('injection-late', 'fault, journalled − intended', late),
    ...line('cut-error', 'link cut, on the wire − journalled', cutErrors),
    ...line('kill-error', 'process kill, on the wire − journalled', killErrors),
  ];
}

const enoughForTail = 36;

const tailLine = (key: string, what: string, sample: readonly number[]): CalibrationLine =>
  quantileLine(
    { key: `${key}-p90`, what: `${what}, 90 % quantile of its size`, asked: 0, tolerance: tailTolerance },
    'seconds',
    sample.map(Math.abs),
    0.9,
  );

/** How much earlier than it was journalled a cut is looked for. */
const lookBack = 0.05;

/**
 * Halfway between the last request that reached the other host and the first that did not.
 * @returns null when none was lost
 */
export function cutShownAt({ requests, answers }: Echoes, injectedAt: number): number | null {
  const answered = firstAnswers(answers);
  let last: number | null = null;
  for (const [number, time] of requests) {
    if (answered.has(number)) last = time;
    else if (time >= injectedAt - lookBack) return last === null ? null : (last + time) / 2;
  }
  return null;
}

/** Half a gap after the last request: no later one was sent, and the next was due a gap later. */
export function endShownAt({ requests }: Echoes): number | null {
  const times = [...requests.values()];
  if (times.length < 2) return null;
  const recent = times.slice(-21);
  const gap = (recent.at(-1)! - recent[0]!) / (recent.length - 1);
  return recent.at(-1)! + gap / 2;
}
