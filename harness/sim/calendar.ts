import type { SlotHeap } from './heap.js';

/** Seconds that a year of the calendar lasts: few events are further away than that. A power of two, as days are. */
const yearLength = 512;
/** The longest day, seconds, and the number of slots up to which days are as long. */
const longestDay = 0.5;
const slotsOfLongestDay = 1024;

/**
 * A slot's entry, side by side, as what is used together should be fetched together: time, rank, and the next and
 * previous neighbour on the page as two integers in the room of a third number. Unlisted: `unlisted` as next.
 */
const entryLength = 3;
const time = 0;
const rank = 1;
const linksLength = 2 * entryLength;
const next = 4;
const previous = 5;
const none = -1;
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
  #entries: Float64Array;
  /** The entries again, seen as integers. */
  #links: Int32Array;
  /** First slot of each page. */
  readonly #pages: Int32Array;
  /** Short days where there are many slots, so that few events have to be sorted at a time. */
  readonly #daysPerSecond: number;

  constructor(slots: number) {
    const shortening = Math.max(0, Math.ceil(Math.log2(slots / slotsOfLongestDay)));
    // Powers of two, so that days begin at exact times.
    this.#daysPerSecond = 2 ** shortening / longestDay;
    this.#pages = new Int32Array(yearLength * this.#daysPerSecond).fill(none);
    this.#entries = new Float64Array(0);
    this.#links = new Int32Array(0);
    this.#grow(slots);
  }

  has(slot: number): boolean {
    const link = linksLength * slot + next;
    return link < this.#links.length && this.#links[link] !== unlisted;
  }

  /** Lists a slot at a time that is not before the horizon, instead of where it was. */
  set(slot: number, when: number, order: number): void {
    if (entryLength * slot >= this.#entries.length) this.#grow(slot + 1);
    this.remove(slot);
    this.#entries[entryLength * slot + time] = when;
    this.#entries[entryLength * slot + rank] = order;
    const page = this.#pageOf(when);
    const links = this.#links;
    const after = this.#pages[page]!;
    links[linksLength * slot + next] = after;
    links[linksLength * slot + previous] = none;
    if (after >= 0) links[linksLength * after + previous] = slot;
    this.#pages[page] = slot;
    this.size++;
  }

  remove(slot: number): void {
    if (!this.has(slot)) return;
    const links = this.#links;
    const after = links[linksLength * slot + next]!;
    const before = links[linksLength * slot + previous]!;
    if (before >= 0) links[linksLength * before + next] = after;
    else this.#pages[this.#pageOf(this.#entries[entryLength * slot + time]!)] = after;
    if (after >= 0) links[linksLength * after + previous] = before;
    links[linksLength * slot + next] = unlisted;
    this.size--;
  }

  /** Hands the events of the day that begins at the horizon over, and moves the horizon to its end. */
  handOver(near: SlotHeap): void {
    const page = this.#pageOf(this.horizon);
    const end = this.horizon + 1 / this.#daysPerSecond;
    let slot = this.#pages[page]!;
    this.#pages[page] = none;
    while (slot >= 0) {
      const after = this.#links[linksLength * slot + next]!;
      const at = entryLength * slot;
      this.#links[linksLength * slot + next] = unlisted;
      this.size--;
      if (this.#entries[at + time]! < end) near.setFrom(this.#entries, at + time, slot);
      else this.set(slot, this.#entries[at + time]!, this.#entries[at + rank]!);
      slot = after;
    }
    this.horizon = end;
  }

  #pageOf(when: number): number {
    return Math.floor(when * this.#daysPerSecond) & (this.#pages.length - 1);
  }

  #grow(atLeast: number): void {
    const entries = this.#entries;
    this.#entries = new Float64Array(Math.max(entryLength * atLeast, 2 * entries.length));
    this.#entries.set(entries);
    this.#links = new Int32Array(this.#entries.buffer);
    for (let link = 2 * entries.length + next; link < this.#links.length; link += linksLength) {
      this.#links[link] = unlisted;
    }
  }
}
