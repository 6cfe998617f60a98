import type { Clock } from './clock.js';
import { labBroken } from './errors.js';

/**
 * Polls until `probe` gives something other than undefined. Every wait is bounded.
 * @throws HarnessError `lab-broken` naming what was awaited, after `withinSeconds`
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  { clock, withinSeconds, everySeconds = 0.05, signal }: WaitOptions,
): Promise<T> {
  const deadline = clock.now() + withinSeconds;
  for (;;) {
    const result = await probe();
    if (result !== undefined) return result;
    if (clock.now() >= deadline) throw labBroken(`Waited ${withinSeconds} s for ${what}, in vain`);
    await clock.sleepUntil(clock.now() + everySeconds, signal);
  }
}

export interface WaitOptions {
  clock: Clock;
  withinSeconds: number;
  everySeconds?: number;
  signal?: AbortSignal;
}
