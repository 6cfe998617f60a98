import type { SlotHeap } from './heap.js';

/** Seconds per day of the calendar, and days per year. Powers of two, so that days begin at exact times. */
const dayLength = 0.5;
const daysPerYear = 1024;
/** Instead of a slot's next neighbour: it is on no page. */
const unlisted = -2;

/**
 * Events that are too far away to be sorted yet: each is listed on its day, days of different years on the same page.
 * Of ten thousand users most wait for their next request; sorting them among the few that are about to do something
 * would take most of a large run's time. Lists are threaded through the slots, so nothing is allocated per event.
 */
export class Calendar {
  /** Everything before this time has been handed over. */
  horizon = 0;
  size = 0;
  /** Time and rank of each slot, side by side: what is used together should be fetched together. */
  #due: Float64Array;
  /** Next and previous neighbour of each slot on its page, side by side; −1 for none. Unlisted: `unlisted` as next. */
  #links: Int32Array;
  readonly #pages = new Int32Array(daysPerYear).fill(-1);

  constructor(slots: number) {
    this.#due = new Float64Array(2 * slots);
    this.#links = new Int32Array(2 * slots).fill(unlisted);
  }

  has(slot: number): boolean {
    return 2 * slot < this.#links.length && this.#links[2 * slot] !== unlisted;
  }

  /** Lists a slot at a time that is not before the horizon, instead of where it was. */
  set(slot: number, time: number, rank: number): void {
    if (2 * slot >= this.#links.length) this.#grow(slot + 1);
    this.remove(slot);
    this.#due[2 * slot] = time;
    this.#due[2 * slot + 1] = rank;
    const page = pageOf(time);
    const next = this.#pages[page]!;
    this.#links[2 * slot] = next;
    this.#links[2 * slot + 1] = -1;
    if (next >= 0) this.#links[2 * next + 1] = slot;
    this.#pages[page] = slot;
    this.size++;
  }

  remove(slot: number): void {
    if (!this.has(slot)) return;
    const next = this.#links[2 * slot]!;
    const previous = this.#links[2 * slot + 1]!;
    if (previous >= 0) this.#links[2 * previous] = next;
    else this.#pages[pageOf(this.#due[2 * slot]!)] = next;
    if (next >= 0) this.#links[2 * next + 1] = previous;
    this.#links[2 * slot] = unlisted;
    this.size--;
  }

  /** Hands the events of the day that begins at the horizon over, and moves the horizon to its end. */
  handOver(near: SlotHeap): void {
    const end = this.horizon + dayLength;
    for (let slot = this.#pages[pageOf(this.horizon)]!; slot >= 0; ) {
      const next = this.#links[2 * slot]!;
      if (this.#due[2 * slot]! < end) {
        this.remove(slot);
        near.set(slot, this.#due[2 * slot]!, this.#due[2 * slot + 1]!);
      }
      slot = next;
    }
    this.horizon = end;
  }

  #grow(atLeast: number): void {
    const length = Math.max(2 * atLeast, 2 * this.#links.length);
    const [due, links] = [this.#due, this.#links];
    this.#due = new Float64Array(length);
    this.#links = new Int32Array(length).fill(unlisted, links.length);
    this.#due.set(due);
    this.#links.set(links);
  }
}

const pageOf = (time: number): number => Math.floor(time / dayLength) & (daysPerYear - 1);
