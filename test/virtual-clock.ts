import type { Clock } from '../harness/base/clock.js';

/** Time that jumps to the next thing due as soon as nothing else goes on: an hour passes in milliseconds. */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: { time: number; wake: () => void }[] = [];
  #scheduled = false;

  constructor(now = 1000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleepUntil(time: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (time <= this.#now) return resolve();
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { time, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
      this.#schedule();
    });
  }

  // In a turn of the event loop of its own, when all promises that could go on have gone on.
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const next = Math.min(...this.#sleepers.map(({ time }) => time));
      if (next === Number.POSITIVE_INFINITY) return;
      this.#now = next;
      const due = this.#sleepers.filter(({ time }) => time === next);
      this.#sleepers = this.#sleepers.filter(({ time }) => time !== next);
      for (const { wake } of due) wake();
      this.#schedule();
    });
  }
}
