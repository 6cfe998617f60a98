import { SlotHeap } from './heap.js';

/**
 * Simulated time and what is to happen in it. Frequent events have a fixed slot of their own (one user's next step, one
 * element's next completion), which is scheduled, moved and cancelled without allocation; rare ones are callbacks.
 * Events at the same time happen in the order in which they were scheduled.
 */
export class EventQueue {
  /** Seconds since the run began. */
  now = 0;
  /** Events that have happened. */
  events = 0;
  readonly #heap: SlotHeap;
  readonly #fixed: number;
  readonly #calls: ((() => void) | undefined)[] = [];
  readonly #free: number[] = [];
  #rank = 0;

  constructor(fixedSlots: number) {
    this.#fixed = fixedSlots;
    this.#heap = new SlotHeap(fixedSlots + 64);
  }

  /** Lets the slot's event happen at this time, instead of when it would have. */
  schedule(slot: number, time: number): void {
    this.#heap.set(slot, time, this.#rank++);
  }

  cancel(slot: number): void {
    this.#heap.remove(slot);
  }

  isScheduled(slot: number): boolean {
    return this.#heap.has(slot);
  }

  timeOf(slot: number): number {
    return this.#heap.keyOf(slot);
  }

  /** Runs `action` at this time; returns a handle for {@link revoke}, good until the action has run. */
  call(time: number, action: () => void): number {
    const index = this.#free.pop() ?? this.#calls.length;
    this.#calls[index] = action;
    this.schedule(this.#fixed + index, time);
    return this.#fixed + index;
  }

  /** Takes back a call that has not happened yet. */
  revoke(handle: number): void {
    this.#heap.remove(handle);
    this.#release(handle - this.#fixed);
  }

  /** Lets everything up to and including `until` happen; `handle` gets the fixed slots. Time then stands at `until`. */
  run(until: number, handle: (slot: number) => void): void {
    const heap = this.#heap;
    while (heap.firstKey <= until) {
      const slot = heap.first;
      this.now = heap.firstKey;
      heap.remove(slot);
      this.events++;
      if (slot < this.#fixed) handle(slot);
      else this.#release(slot - this.#fixed)!();
    }
    this.now = until;
  }

  #release(index: number): (() => void) | undefined {
    const action = this.#calls[index];
    this.#calls[index] = undefined;
    this.#free.push(index);
    return action;
  }
}
