/** Where a heap notes the places of its slots: each so many integers after the one before, from an offset on. */
export interface Places {
  readonly integers: Int32Array;
  readonly stride: number;
  readonly offset: number;
}

/**
 * A 4-ary heap of numbered slots ordered by (key, rank). A slot is in the heap at most once, so changing its key moves
 * it and nothing is ever allocated per insertion; there must be room for its number. Both the event queue (key: time)
 * and the sorted pool policies (key: load or round) are one of these.
 */
export class SlotHeap {
  /**
   * Keys and ranks in heap order, in turn: what is compared of siblings lies side by side, which is what a large heap's
   * speed hangs on. Free places hold infinity and no slot, so that the first place tells what is first even when there
   * is nothing.
   */
  #order: Float64Array;
  #slots: Int32Array;
  /** Where each slot stands in heap order; −1 when it is not in the heap. */
  #places: Int32Array;
  readonly #stride: number;
  readonly #offset: number;
  #size = 0;

  /** `places`: room for them where the owner keeps what it uses with them, filled with −1. */
  constructor(slots: number, places?: Places) {
    this.#order = new Float64Array(2 * slots + 2).fill(Number.POSITIVE_INFINITY);
    this.#slots = new Int32Array(slots + 1).fill(-1);
    this.#places = places?.integers ?? new Int32Array(slots).fill(-1);
    this.#stride = places?.stride ?? 1;
    this.#offset = places?.offset ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The slot with the smallest (key, rank); −1 when the heap is empty. */
  get first(): number {
    return this.#slots[0]!;
  }

  /** Key of the first slot; infinity when the heap is empty. */
  get firstKey(): number {
    return this.#order[0]!;
  }

  /** Rank of the first slot of a heap that is not empty. */
  get firstRank(): number {
    return this.#order[1]!;
  }

  has(slot: number): boolean {
    return this.#placeOf(slot) >= 0;
  }

  /** Key of a slot that is in the heap. */
  keyOf(slot: number): number {
    return this.#order[2 * this.#placeOf(slot)]!;
  }

  rankOf(slot: number): number {
    return this.#order[2 * this.#placeOf(slot) + 1]!;
  }

  /** Makes room for slots with numbers below this; an owner that keeps their places hands over the longer row. */
  reserve(slots: number, places?: Int32Array): void {
    if (places) this.#places = places;
    if (slots < this.#slots.length) return;
    const length = Math.max(16, slots, 2 * this.#slots.length);
    const longer = <A extends Float64Array | Int32Array>(bigger: A, from: A): A => {
      bigger.set(from);
      return bigger;
    };
    this.#order = longer(new Float64Array(2 * length + 2).fill(Number.POSITIVE_INFINITY), this.#order);
    this.#slots = longer(new Int32Array(length + 1).fill(-1), this.#slots);
    this.#places = places ?? longer(new Int32Array(length).fill(-1), this.#places);
  }

  /** Puts a slot in, or moves it to another key and rank. */
  set(slot: number, key: number, rank: number): void {
    const place = this.#placeFor(slot);
    this.#order[2 * place] = key;
    this.#order[2 * place + 1] = rank;
    this.#settle(place, slot);
  }

  /** Puts a slot in whose key and rank stand at a place of a list: numbers that are passed on would be allocated. */
  setFrom(list: Float64Array, at: number, slot: number): void {
    const place = this.#placeFor(slot);
    this.#order[2 * place] = list[at]!;
    this.#order[2 * place + 1] = list[at + 1]!;
    this.#settle(place, slot);
  }

  /** Takes a slot out; nothing happens when it is not in. */
  remove(slot: number): void {
    const place = this.#placeOf(slot);
    if (place < 0) return;
    const order = this.#order;
    this.#note(slot, -1);
    const last = --this.#size;
    const moved = this.#slots[last]!;
    this.#slots[last] = -1;
    if (place !== last) {
      order[2 * place] = order[2 * last]!;
      order[2 * place + 1] = order[2 * last + 1]!;
    }
    order[2 * last] = Number.POSITIVE_INFINITY;
    if (place !== last) this.#settle(place, moved);
  }

  /** Where the slot stands, or a place at the end for it. */
  #placeFor(slot: number): number {
    const place = this.#placeOf(slot);
    return place < 0 ? this.#size++ : place;
  }

  #placeOf(slot: number): number {
    return this.#places[this.#stride * slot + this.#offset]!;
  }

  #note(slot: number, place: number): void {
    this.#places[this.#stride * slot + this.#offset] = place;
  }

  /** Lets a slot whose key and rank stand at a place go up or down from there. */
  #settle(from: number, slot: number): void {
    const order = this.#order;
    const key = order[2 * from]!;
    const rank = order[2 * from + 1]!;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const parentKey = order[2 * parent]!;
      if (key > parentKey || (key === parentKey && rank >= order[2 * parent + 1]!)) break;
      this.#move(parent, place);
      place = parent;
    }
    if (place === from) place = this.#down(place);
    order[2 * place] = key;
    order[2 * place + 1] = rank;
    this.#slots[place] = slot;
    this.#note(slot, place);
  }

  /** Moves up what belongs before the key and rank at a place. @returns the place that becomes free for them */
  #down(from: number): number {
    const order = this.#order;
    const size = this.#size;
    const key = order[2 * from]!;
    const rank = order[2 * from + 1]!;
    let place = from;
    for (let child = 4 * place + 1; child < size; child = 4 * place + 1) {
      let smallest = child;
      let smallestKey = order[2 * child]!;
      const end = Math.min(child + 4, size);
      for (let other = child + 1; other < end; other++) {
        const otherKey = order[2 * other]!;
        if (otherKey < smallestKey || (otherKey === smallestKey && order[2 * other + 1]! < order[2 * smallest + 1]!)) {
          smallest = other;
          smallestKey = otherKey;
        }
      }
      if (key < smallestKey || (key === smallestKey && rank < order[2 * smallest + 1]!)) break;
      this.#move(smallest, place);
      place = smallest;
    }
    return place;
  }

  #move(from: number, to: number): void {
    const slot = this.#slots[from]!;
    this.#order[2 * to] = this.#order[2 * from]!;
    this.#order[2 * to + 1] = this.#order[2 * from + 1]!;
    this.#slots[to] = slot;
    this.#note(slot, to);
  }
}
