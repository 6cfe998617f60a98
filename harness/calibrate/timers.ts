/** The lab's clock: how fine its steps are, and how late those wake up who sleep by it. */
import type { Clock } from '../base/clock.js';
import type { Random } from '../base/random.js';
import type { CalibrationLine } from '../result/calibration.js';
import { quantileLine } from './line.js';

/** Steps of the clock, in seconds, as seen by asking it as often as one can. */
export function clockSteps(clock: Clock, count: number): number[] {
  const steps: number[] = [];
  for (let last = clock.now(); steps.length < count; ) {
    const now = clock.now();
    if (now > last) steps.push(now - last);
    last = now;
  }
  return steps;
}

/** How late each of so many sleeps of 1 to 10 ms ended, in seconds. */
export async function lateness(clock: Clock, count: number, random: Random, signal: AbortSignal): Promise<number[]> {
  const late: number[] = [];
  while (late.length < count) {
    const due = clock.now() + 0.001 + 0.009 * random.uniform();
    await clock.sleepUntil(due, signal);
    late.push(clock.now() - due);
  }
  return late;
}

/**
 * Seconds between two looks at the clock: so many that the few at which we ourselves are busy, starting a process, stay
 * below one in a hundred.
 */
const period = 0.025;

/** How late each look at the clock was, in seconds, until it is stopped; it stops by itself with the signal. */
export function watchTimers(clock: Clock, signal: AbortSignal): () => number[] {
  const late: number[] = [];
  let running = true;
  const watch = async () => {
    while (running) {
      const due = clock.now() + period;
      await clock.sleepUntil(due, signal);
      if (running) late.push(clock.now() - due);
    }
  };
  watch().catch(() => {});
  return () => {
    running = false;
    return late;
  };
}

/** For round trips of 20 ms; and what a run may have, beyond which it is unknown. Seconds. */
const tolerances = { idle: 10e-3, probes: 100e-3, deployment: 100e-3 };
export type LoadName = keyof typeof tolerances;

const loads: Record<LoadName, string> = {
  idle: 'in an idle lab',
  probes: 'while probes run',
  deployment: 'beside 3 pool elements and 3 users',
};
export const describeLoad = (load: LoadName): string => loads[load];

export function timerLines(
  steps: readonly number[],
  late: Readonly<Partial<Record<LoadName, readonly number[]>>>,
): CalibrationLine[] {
  const step = { key: 'clock-step', what: 'smallest step of the clock, median', asked: 0, tolerance: 1e-4 };
  const lines = (Object.entries(late) as [LoadName, readonly number[]][]).flatMap(([load, sample]) =>
    [0.5, 0.99].map((p) => {
      const what = `timers ${loads[load]}, lateness, ${100 * p} % quantile`;
      const key = `lateness-${load}-p${100 * p}`;
      return quantileLine({ key, what, asked: 0, tolerance: tolerances[load] }, 'seconds', sample, p);
    }),
  );
  return [quantileLine(step, 'seconds', steps, 0.5), ...lines];
}
