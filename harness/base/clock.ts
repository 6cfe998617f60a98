import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where time comes from. Everything outside `base/` and `cli/` gets one passed in. */
export interface Clock {
  /** Seconds since the epoch, steady: it never jumps when the machine's date is corrected. */
  now(): number;
  /** Resolves at the given time, or at once when that has passed; rejects with the signal's reason when aborted. */
  sleepUntil(time: number, signal?: AbortSignal): Promise<void>;
}

// Timers past 2^31 ms fire at once in Node.
const longestSleepSeconds = 86_400;

export const realClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) / 1e3,
  async sleepUntil(time, signal) {
    // Every element of a pool may wait for the same signal; from the eleventh on, Node would warn of a leak.
    if (signal) setMaxListeners(0, signal);
    for (let left = time - realClock.now(); left > 0; left = time - realClock.now()) {
      await sleep(Math.min(left, longestSleepSeconds) * 1e3, undefined, signal ? { signal } : {}).catch((cause) => {
        throw signal?.reason ?? cause;
      });
    }
    signal?.throwIfAborted();
  },
};
