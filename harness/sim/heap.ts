/**
 * A 4-ary heap of numbered slots ordered by (key, rank). A slot is in the heap at most once, so changing its key moves
 * it and nothing is ever allocated per insertion. Both the event queue (key: time) and the sorted pool policies
 * (key: load or round) are one of these.
 */
export class SlotHeap {
  /**
   * In heap order: what is compared of siblings lies side by side, which is what a large heap's speed hangs on. Free
   * places hold infinity and no slot, so that the first place tells what is first even when there is nothing.
   */
  #keys: Float64Array;
  #ranks: Float64Array;
  #slots: Int32Array;
  /** Where each slot stands in heap order; −1 when it is not in the heap. */
  #places: Int32Array;
  #size = 0;

  constructor(slots: number) {
    this.#keys = new Float64Array(slots + 1).fill(Number.POSITIVE_INFINITY);
    this.#slots = new Int32Array(slots + 1).fill(-1);
    this.#ranks = new Float64Array(slots + 1);
    this.#places = new Int32Array(slots).fill(-1);
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
    return this.#keys[0]!;
  }

  /** Rank of the first slot of a heap that is not empty. */
  get firstRank(): number {
    return this.#ranks[0]!;
  }

  has(slot: number): boolean {
    return slot < this.#places.length && this.#places[slot]! >= 0;
  }

  /** Key of a slot that is in the heap. */
  keyOf(slot: number): number {
    return this.#keys[this.#places[slot]!]!;
  }

  rankOf(slot: number): number {
    return this.#ranks[this.#places[slot]!]!;
  }

  /** Puts a slot in, or moves it to another key and rank. */
  set(slot: number, key: number, rank: number): void {
    if (slot >= this.#places.length) this.#grow(slot + 1);
    const place = this.#places[slot]!;
    if (place < 0) {
      this.#up(this.#size++, slot, key, rank);
      return;
    }
    const old = this.#keys[place]!;
    const earlier = key < old || (key === old && rank < this.#ranks[place]!);
    if (earlier) this.#up(place, slot, key, rank);
    else this.#down(place, slot, key, rank);
  }

  /** Puts a slot in whose key and rank stand at a place of a list: numbers that are passed on would be allocated. */
  setFrom(list: Float64Array, at: number, slot: number): void {
    this.set(slot, list[at]!, list[at + 1]!);
  }

  /** Takes a slot out; nothing happens when it is not in. */
  remove(slot: number): void {
    if (!this.has(slot)) return;
    const place = this.#places[slot]!;
    this.#places[slot] = -1;
    const last = --this.#size;
    const moved = this.#slots[last]!;
    const key = this.#keys[last]!;
    const rank = this.#ranks[last]!;
    this.#keys[last] = Number.POSITIVE_INFINITY;
    this.#slots[last] = -1;
    if (place === last) return;
    if (place > 0 && this.#isBefore(key, rank, (place - 1) >> 2)) this.#up(place, moved, key, rank);
    else this.#down(place, moved, key, rank);
  }

  /** Whether (key, rank) belongs before what stands at a place. */
  #isBefore(key: number, rank: number, place: number): boolean {
    const other = this.#keys[place]!;
    return key < other || (key === other && rank < this.#ranks[place]!);
  }

  #up(from: number, slot: number, key: number, rank: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (!this.#isBefore(key, rank, parent)) break;
      this.#put(place, this.#slots[parent]!, this.#keys[parent]!, this.#ranks[parent]!);
      place = parent;
    }
    this.#put(place, slot, key, rank);
  }

  #down(from: number, slot: number, key: number, rank: number): void {
    const keys = this.#keys;
    const ranks = this.#ranks;
    const size = this.#size;
    let place = from;
    for (let child = 4 * place + 1; child < size; child = 4 * place + 1) {
      let smallest = child;
      let smallestKey = keys[child]!;
      const end = Math.min(child + 4, size);
      for (let other = child + 1; other < end; other++) {
        const otherKey = keys[other]!;
        if (otherKey < smallestKey || (otherKey === smallestKey && ranks[other]! < ranks[smallest]!)) {
          smallest = other;
          smallestKey = otherKey;
        }
      }
      if (key < smallestKey || (key === smallestKey && rank < ranks[smallest]!)) break;
      this.#put(place, this.#slots[smallest]!, smallestKey, ranks[smallest]!);
      place = smallest;
    }
    this.#put(place, slot, key, rank);
  }

  #put(place: number, slot: number, key: number, rank: number): void {
    this.#keys[place] = key;
    this.#ranks[place] = rank;
    this.#slots[place] = slot;
    this.#places[slot] = place;
  }

  #grow(atLeast: number): void {
    const length = Math.max(16, atLeast, 2 * this.#places.length);
    const longer = <A extends Float64Array | Int32Array>(bigger: A, from: A): A => {
      bigger.set(from);
      return bigger;
    };
    this.#keys = longer(new Float64Array(length + 1).fill(Number.POSITIVE_INFINITY), this.#keys);
    this.#slots = longer(new Int32Array(length + 1).fill(-1), this.#slots);
    this.#ranks = longer(new Float64Array(length + 1), this.#ranks);
    this.#places = longer(new Int32Array(length).fill(-1), this.#places);
  }
}
