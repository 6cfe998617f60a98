import type { SlotHeap } from '../protocol/heap.js';
import {
  day,
  type Entries,
  entryLength,
  integersLength,
  next,
  none,
  previous,
  rank,
  time,
  unlisted,
} from './entries.js';

/** Seconds that a year of the calendar lasts: few events are further away than that. A power of two, as days are. */
const yearLength = 512;
/** The longest day, seconds, and the number of slots up to which days are as long. */
const longestDay = 0.5;
const slotsOfLongestDay = 1024;
/** Days are kept as integers; what is later than the last is listed there. */
const lastDay = 2 ** 31 - 1;

/**
 * Events that are too far away to be sorted yet: each is listed on its day, days of different years on the same page.
 * Of a thousand elements most work for a while yet; sorting them among the few that are about to do something would be
 * much of a large run's work. Lists are threaded through the slots, so nothing is allocated per event.
 */
export class Calendar {
  /** Everything before this time has been handed over. */
  horizon = 0;
  size = 0;
  readonly #entries: Entries;
  /** First slot of each page. */
  readonly #pages: Int32Array;
  /** Short days where there are many slots, so that few events have to be sorted at a time. */
  readonly #daysPerSecond: number;

  /** `slots`: how many are expected. */
  constructor(slots: number, entries: Entries) {
    const shortening = Math.max(0, Math.ceil(Math.log2(slots / slotsOfLongestDay)));
    // Powers of two, so that days begin at exact times.
    this.#daysPerSecond = 2 ** shortening / longestDay;
    this.#pages = new Int32Array(yearLength * this.#daysPerSecond).fill(none);
    this.#entries = entries;
  }

  has(slot: number): boolean {
    return this.#entries.integers[integersLength * slot + next] !== unlisted;
  }

  /** Lists a slot at a time that is not before the horizon, instead of where it was. */
  set(slot: number, when: number, order: number): void {
    const { numbers, integers } = this.#entries;
    const at = integersLength * slot;
    const newDay = this.#dayOf(when);
    numbers[entryLength * slot + time] = when;
    numbers[entryLength * slot + rank] = order;
    if (integers[at + next] !== unlisted) {
      // What is put off stays where it is and goes on to its day when its old one comes: most is put off many times.
      if (integers[at + day]! <= newDay) return;
      this.remove(slot);
    }
    const page = this.#pageOf(newDay);
    const after = this.#pages[page]!;
    integers[at + next] = after;
    integers[at + previous] = none;
    integers[at + day] = newDay;
    if (after >= 0) integers[integersLength * after + previous] = slot;
    this.#pages[page] = slot;
    this.size++;
  }

  remove(slot: number): void {
    const { integers } = this.#entries;
    const at = integersLength * slot;
    const after = integers[at + next]!;
    if (after === unlisted) return;
    const before = integers[at + previous]!;
    if (before >= 0) integers[integersLength * before + next] = after;
    else this.#pages[this.#pageOf(integers[at + day]!)] = after;
    if (after >= 0) integers[integersLength * after + previous] = before;
    integers[at + next] = unlisted;
    this.size--;
  }

  /** Hands the events of the day that begins at the horizon over, and moves the horizon to its end. */
  handOver(near: SlotHeap): void {
    const { numbers, integers } = this.#entries;
    const page = this.#pageOf(this.#dayOf(this.horizon));
    const end = this.horizon + 1 / this.#daysPerSecond;
    let slot = this.#pages[page]!;
    this.#pages[page] = none;
    while (slot >= 0) {
      const after = integers[integersLength * slot + next]!;
      const at = entryLength * slot;
      integers[integersLength * slot + next] = unlisted;
      this.size--;
      if (numbers[at + time]! < end) near.setFrom(numbers, at + time, slot);
      else this.set(slot, numbers[at + time]!, numbers[at + rank]!);
      slot = after;
    }
    this.horizon = end;
  }

  #dayOf(when: number): number {
    return Math.min(Math.floor(when * this.#daysPerSecond), lastDay);
  }

  #pageOf(someDay: number): number {
    return someDay & (this.#pages.length - 1);
  }
}
