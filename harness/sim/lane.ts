/**
 * Events that all happen the same span after they were scheduled, e.g. messages that arrive after the network's delay.
 * Time only goes forward, so they happen in the order in which they were scheduled: a ring is all they need. They
 * cannot be taken back.
 */
export class Lane {
  /** Infinity where the ring has no event, so that the first place tells the first time even when it is empty. */
  #times: Float64Array;
  #ranks: Float64Array;
  #slots: Int32Array;
  #first = 0;
  #size = 0;

  /** `delay`: the span in seconds. */
  constructor(readonly delay: number) {
    this.#times = new Float64Array(64).fill(Number.POSITIVE_INFINITY);
    this.#ranks = new Float64Array(64);
    this.#slots = new Int32Array(64);
  }

  /** When the next event happens; infinity when there is none. */
  get firstTime(): number {
    return this.#times[this.#first]!;
  }

  get firstRank(): number {
    return this.#ranks[this.#first]!;
  }

  push(slot: number, time: number, rank: number): void {
    if (this.#size === this.#slots.length) this.#grow();
    const place = (this.#first + this.#size++) & (this.#slots.length - 1);
    this.#times[place] = time;
    this.#ranks[place] = rank;
    this.#slots[place] = slot;
  }

  /** Takes out the next event. @returns its slot */
  shift(): number {
    const slot = this.#slots[this.#first]!;
    this.#times[this.#first] = Number.POSITIVE_INFINITY;
    this.#first = (this.#first + 1) & (this.#slots.length - 1);
    this.#size--;
    return slot;
  }

  /** Twice as long, the first event at the beginning. The length stays a power of two, which the ring's masks need. */
  #grow(): void {
    const [times, ranks, slots, first] = [this.#times, this.#ranks, this.#slots, this.#first];
    const length = slots.length;
    this.#times = new Float64Array(2 * length).fill(Number.POSITIVE_INFINITY);
    this.#ranks = new Float64Array(2 * length);
    this.#slots = new Int32Array(2 * length);
    for (let index = 0; index < length; index++) {
      const place = (first + index) & (length - 1);
      this.#times[index] = times[place]!;
      this.#ranks[index] = ranks[place]!;
      this.#slots[index] = slots[place]!;
    }
    this.#first = 0;
  }
}
