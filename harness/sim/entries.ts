/**
 * What an event queue keeps of each slot, side by side, as what is used together should be fetched together: time and
 * rank of its event, and four integers in the room of two more numbers: the next and the previous slot on its page of
 * the calendar, the day of that page, and its place in the heap.
 */
export const entryLength = 4;
export const time = 0;
export const rank = 1;
export const integersLength = 2 * entryLength;
/** {@link unlisted} when the slot is not in the calendar. */
export const next = 4;
export const previous = 5;
export const day = 6;
/** {@link none} when the slot is not in the heap. */
export const place = 7;
export const none = -1;
export const unlisted = -2;

export class Entries {
  numbers = new Float64Array(0);
  /** The numbers again, seen as integers. */
  integers = new Int32Array(0);

  constructor(slots: number) {
    this.reserve(slots);
  }

  /** Makes room for this many slots. */
  reserve(slots: number): void {
    const old = this.numbers;
    if (entryLength * slots <= old.length) return;
    this.numbers = new Float64Array(Math.max(entryLength * slots, 2 * old.length));
    this.numbers.set(old);
    this.integers = new Int32Array(this.numbers.buffer);
    for (let at = 2 * old.length; at < this.integers.length; at += integersLength) {
      this.integers[at + next] = unlisted;
      this.integers[at + place] = none;
    }
  }
}
