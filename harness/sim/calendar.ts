import type { SlotHeap } from './heap.js';

/** Seconds per day of the calendar, and days per year. Powers of two, so that days begin at exact times. */
const dayLength = 1;
const daysPerYear = 1024;

/**
 * Events that are too far away to be sorted yet: each is listed on its day, days of different years on the same page.
 * Of ten thousand users most wait for their next request; sorting them among the few that are about to do something
 * would take most of a large run's time. Lists are threaded through the slots, so nothing is allocated per event.
 */
export class Calendar {
  /** Everything before this time has been handed over. */
  horizon = 0;
  size = 0;
  #times: Float64Array;
  #ranks: Float64Array;
  /** Neighbours on the page; −1 for none. A slot that is not listed is its own neighbour. */
  #next: Int32Array;
  #previous: Int32Array;
  readonly #pages = new Int32Array(daysPerYear).fill(-1);

  constructor(slots: number) {
    this.#times = new Float64Array(slots);
    this.#ranks = new Float64Array(slots);
    this.#next = Int32Array.from({ length: slots }, (_, slot) => slot);
    this.#previous = new Int32Array(slots);
  }

  has(slot: number): boolean {
    return slot < this.#next.length && this.#next[slot] !== slot;
  }

  /** Lists a slot at a time that is not before the horizon, instead of where it was. */
  set(slot: number, time: number, rank: number): void {
    if (slot >= this.#next.length) this.#grow(slot + 1);
    this.remove(slot);
    this.#times[slot] = time;
    this.#ranks[slot] = rank;
    const page = pageOf(time);
    const next = this.#pages[page]!;
    this.#next[slot] = next;
    this.#previous[slot] = -1;
    if (next >= 0) this.#previous[next] = slot;
    this.#pages[page] = slot;
    this.size++;
  }

  remove(slot: number): void {
    if (!this.has(slot)) return;
    const [next, previous] = [this.#next[slot]!, this.#previous[slot]!];
    if (previous >= 0) this.#next[previous] = next;
    else this.#pages[pageOf(this.#times[slot]!)] = next;
    if (next >= 0) this.#previous[next] = previous;
    this.#next[slot] = slot;
    this.size--;
  }

  /** Hands the events of the day that begins at the horizon over, and moves the horizon to its end. */
  handOver(near: SlotHeap): void {
    const end = this.horizon + dayLength;
    for (let slot = this.#pages[pageOf(this.horizon)]!; slot >= 0; ) {
      const next = this.#next[slot]!;
      if (this.#times[slot]! < end) {
        this.remove(slot);
        near.set(slot, this.#times[slot]!, this.#ranks[slot]!);
      }
      slot = next;
    }
    this.horizon = end;
  }

  #grow(atLeast: number): void {
    const known = this.#next.length;
    const length = Math.max(atLeast, 2 * known);
    const [times, ranks, next, previous] = [this.#times, this.#ranks, this.#next, this.#previous];
    this.#times = new Float64Array(length);
    this.#ranks = new Float64Array(length);
    this.#next = Int32Array.from({ length }, (_, slot) => slot);
    this.#previous = new Int32Array(length);
    this.#times.set(times);
    this.#ranks.set(ranks);
    this.#next.set(next);
    this.#previous.set(previous);
  }
}

const pageOf = (time: number): number => Math.floor(time / dayLength) & (daysPerYear - 1);
