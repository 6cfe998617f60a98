import type { EventQueue } from './queue.js';

/**
 * Looks in on a simulation now and then, and is told how far it has come in seconds since the run began.
 * @returns why it has to end there; null to let it go on
 */
export type Watch = (now: number) => string | null;

/** Events between two looks: they take some 20 ms. A span of simulated time would not do, as it may hold any number. */
export const eventsPerLook = 2 ** 16;

/** The course of one simulation, in steps between which a watch may end it. Steps change no result. */
export class Passage {
  /** Why the watch has ended it; null while it has not. */
  ended: string | null = null;
  #rows = 0;

  constructor(
    readonly queue: EventQueue,
    readonly handle: (slot: number) => void,
    readonly watch: Watch | undefined,
  ) {}

  /** Lets everything up to `until` happen, unless it is ended; time then stands at the last event. */
  to(until: number): void {
    const { queue, handle, watch } = this;
    if (!watch) queue.run(until, handle);
    else while (this.ended === null && !queue.run(until, handle, eventsPerLook)) this.ended = watch(queue.now);
  }

  /** For what comes after the last event and may take as long: @returns whether there may be one more row. */
  permits(): boolean {
    if (this.watch && this.ended === null && ++this.#rows % eventsPerLook === 0)
      this.ended = this.watch(this.queue.now);
    return this.ended === null;
  }
}
