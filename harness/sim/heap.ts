/**
 * A 4-ary heap of numbered slots ordered by (key, rank). A slot is in the heap at most once, so changing its key moves
 * it and nothing is ever allocated per insertion. Both the event queue (key: time) and the sorted pool policies
 * (key: load or round) are one of these.
 */
export class SlotHeap {
  #keys: Float64Array;
  #ranks: Float64Array;
  /** Slots in heap order. */
  #order: Int32Array;
  /** Where each slot stands in `#order`; −1 when it is not in the heap. */
  #places: Int32Array;
  #size = 0;

  constructor(slots: number) {
    this.#keys = new Float64Array(slots);
    this.#ranks = new Float64Array(slots);
    this.#order = new Int32Array(slots);
    this.#places = new Int32Array(slots).fill(-1);
  }

  get size(): number {
    return this.#size;
  }

  /** The slot with the smallest (key, rank); −1 when the heap is empty. */
  get first(): number {
    return this.#size === 0 ? -1 : this.#order[0]!;
  }

  /** Key of the first slot; infinity when the heap is empty. */
  get firstKey(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#keys[this.#order[0]!]!;
  }

  has(slot: number): boolean {
    return slot < this.#places.length && this.#places[slot]! >= 0;
  }

  keyOf(slot: number): number {
    return this.#keys[slot]!;
  }

  rankOf(slot: number): number {
    return this.#ranks[slot]!;
  }

  /** Puts a slot in, or moves it to another key and rank. */
  set(slot: number, key: number, rank: number): void {
    if (slot >= this.#places.length) this.#grow(slot + 1);
    const place = this.#places[slot]!;
    if (place < 0) {
      this.#keys[slot] = key;
      this.#ranks[slot] = rank;
      this.#up(this.#size++, slot);
      return;
    }
    const old = this.#keys[slot]!;
    const earlier = key < old || (key === old && rank < this.#ranks[slot]!);
    this.#keys[slot] = key;
    this.#ranks[slot] = rank;
    if (earlier) this.#up(place, slot);
    else this.#down(place, slot);
  }

  /** Takes a slot out; nothing happens when it is not in. */
  remove(slot: number): void {
    if (!this.has(slot)) return;
    const place = this.#places[slot]!;
    this.#places[slot] = -1;
    const last = this.#order[--this.#size]!;
    if (last === slot) return;
    if (place > 0 && this.#before(last, this.#order[(place - 1) >> 2]!)) this.#up(place, last);
    else this.#down(place, last);
  }

  #before(a: number, b: number): boolean {
    const keyA = this.#keys[a]!;
    const keyB = this.#keys[b]!;
    return keyA < keyB || (keyA === keyB && this.#ranks[a]! < this.#ranks[b]!);
  }

  #up(from: number, slot: number): void {
    const order = this.#order;
    const places = this.#places;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const above = order[parent]!;
      if (!this.#before(slot, above)) break;
      order[place] = above;
      places[above] = place;
      place = parent;
    }
    order[place] = slot;
    places[slot] = place;
  }

  #down(from: number, slot: number): void {
    const order = this.#order;
    const places = this.#places;
    const size = this.#size;
    let place = from;
    for (let child = 4 * place + 1; child < size; child = 4 * place + 1) {
      let smallest = child;
      const end = child + 4 < size ? child + 4 : size;
      for (let other = child + 1; other < end; other++) {
        if (this.#before(order[other]!, order[smallest]!)) smallest = other;
      }
      const below = order[smallest]!;
      if (!this.#before(below, slot)) break;
      order[place] = below;
      places[below] = place;
      place = smallest;
    }
    order[place] = slot;
    places[slot] = place;
  }

  #grow(atLeast: number): void {
    const length = Math.max(16, atLeast, 2 * this.#places.length);
    const longer = <A extends Float64Array | Int32Array>(bigger: A, from: A): A => {
      bigger.set(from);
      return bigger;
    };
    const known = this.#places.length;
    this.#keys = longer(new Float64Array(length), this.#keys);
    this.#ranks = longer(new Float64Array(length), this.#ranks);
    this.#order = longer(new Int32Array(length), this.#order);
    this.#places = longer(new Int32Array(length), this.#places).fill(-1, known);
  }
}
