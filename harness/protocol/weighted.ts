/**
 * A changing set of members, one of which is picked with a probability proportional to its weight. Members stand in a
 * dense row and a binary indexed tree holds the sums of weights, so every operation takes logarithmic time; while all
 * weights are equal a pick takes constant time.
 */
export class WeightedChoice {
  readonly #row: number[] = [];
  readonly #places: number[] = [];
  readonly #weights: number[] = [];
  /** Binary indexed tree over the row, counted from 1; entry n covers the last (n & −n) weights up to n. */
  #sums: number[] = [0];
  /** The weight that all members have had so far; NaN once two differed. */
  #common = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#row.length;
  }

  has(member: number): boolean {
    return (this.#places[member] ?? -1) >= 0;
  }

  add(member: number, weight: number): void {
    const place = this.#row.length;
    this.#row.push(member);
    this.#places[member] = place;
    this.#weights.push(weight);
    this.#compare(weight);
    this.#rebuildFrom(place);
  }

  weightOf(member: number): number {
    return this.#weights[this.#places[member]!]!;
  }

  setWeight(member: number, weight: number): void {
    this.#setAt(this.#places[member]!, weight);
  }

  /** The last of the row takes the place of the one that leaves. */
  remove(member: number): void {
    if (!this.has(member)) return;
    const place = this.#places[member]!;
    const last = this.#row.length - 1;
    const moved = this.#row[last]!;
    this.#setAt(place, this.#weights[last]!);
    this.#row[place] = moved;
    this.#places[moved] = place;
    this.#places[member] = -1;
    this.#row.pop();
    this.#weights.pop();
    this.#sums.length = last + 1;
  }

  /** The member at this fraction, in [0, 1), of the whole weight. The set must not be empty. */
  pick(fraction: number): number {
    const size = this.#row.length;
    if (!Number.isNaN(this.#common)) return this.#row[Math.floor(fraction * size)]!;
    let left = fraction * this.#total();
    if (left <= 0 && this.#total() <= 0) return this.#row[Math.floor(fraction * size)]!;
    let place = 0;
    for (let step = 2 ** Math.floor(Math.log2(size)); step >= 1; step /= 2) {
      const next = place + step;
      if (next <= size && this.#sums[next]! <= left) {
        left -= this.#sums[next]!;
        place = next;
      }
    }
    return this.#row[Math.min(place, size - 1)]!;
  }

  #compare(weight: number): void {
    if (this.#row.length === 1) this.#common = weight;
    else if (weight !== this.#common) this.#common = Number.NaN;
  }

  #setAt(place: number, weight: number): void {
    if (weight === this.#weights[place]) return;
    this.#weights[place] = weight;
    if (this.#row.length === 1) this.#common = weight;
    else if (weight !== this.#common) this.#common = Number.NaN;
    this.#rebuildFrom(place);
  }

  /** Sums are added up anew instead of adjusted, so that rounding errors never gather in them. */
  #rebuildFrom(place: number): void {
    for (let node = place + 1; node <= this.#row.length; node += node & -node) {
      let sum = this.#weights[node - 1]!;
      for (let child = node - 1; child > node - (node & -node); child -= child & -child) sum += this.#sums[child]!;
      this.#sums[node] = sum;
    }
  }

  #total(): number {
    let sum = 0;
    for (let node = this.#row.length; node > 0; node -= node & -node) sum += this.#sums[node]!;
    return sum;
  }
}
