/** DATA chunks of one direction of an association that must have been on the wire and were not seen. */
export interface Missing {
  readonly count: number;
  /** What was seen of this direction before them, and what was seen after them. */
  readonly from: number;
  readonly to: number;
}

interface Gap {
  first: number;
  last: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Follows the TSNs of one direction of an association (RFC 9260, section 6): its sender numbers what it sends in
 * sequence, and its receiver acknowledges all up to some number. What is acknowledged was on the wire, so a number that
 * was acknowledged and not seen is a hole in the capture. One that was sent and lost before it came to the capture is
 * not acknowledged before it was sent again, and seen. Takes as much memory as there are gaps.
 */
export class Sequence {
  readonly #gaps: Gap[] = [];
  /** The next TSN that is to be expected; null until something tells. */
  #next: number | null = null;
  readonly #firsts: number[] = [];
  #heardAt: number;

  constructor(since: number) {
    this.#heardAt = since;
  }

  /** INIT or INIT ACK told the first TSN. Where an INIT was repeated its answers differ, and one of them holds. */
  begins(first: number): void {
    if (this.#next === null && !this.#firsts.includes(first)) this.#firsts.push(first);
  }

  /** @returns what is missing although nobody acknowledged it: numbers so far off are another association's */
  data(tsn: number, at: number): Missing | null {
    const ahead = this.#ahead(tsn);
    const from = this.#heardAt;
    this.#heardAt = at;
    if (Math.abs(ahead) > implausible) {
      this.#restart(after(tsn, 1));
      return { count: 1, from, to: at };
    }
    if (ahead < 0) this.#fill(tsn);
    else {
      if (ahead > 0) this.#gaps.push({ first: this.#next!, last: after(tsn, -1), from, to: at });
      this.#next = after(tsn, 1);
    }
    return null;
  }

  /** The receiver has got everything up to `tsn`. */
  acknowledged(tsn: number, at: number): Missing | null {
    if (this.#next === null && this.#firsts.length === 0) this.#next = after(tsn, 1);
    const ahead = this.#ahead(tsn) + 1;
    if (Math.abs(ahead) > implausible) {
      const from = this.#heardAt;
      this.#restart(after(tsn, 1));
      return { count: 1, from, to: at };
    }
    let [count, from, to] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const add = (missing: number, since: number, until: number) => {
      count += missing;
      from = Math.min(from, Math.max(since, until - acknowledgedWithin));
      to = Math.max(to, until);
    };
    while (this.#gaps.length > 0 && distance(this.#gaps[0]!.first, tsn) >= 0) {
      const gap = this.#gaps[0]!;
      const covered = Math.min(distance(gap.first, gap.last), distance(gap.first, tsn)) + 1;
      add(covered, gap.from, gap.to);
      gap.first = after(gap.first, covered);
      if (distance(gap.first, gap.last) < 0) this.#gaps.shift();
    }
    if (ahead > 0) {
      add(ahead, this.#heardAt, at);
      this.#next = after(tsn, 1);
    }
    return count > 0 ? { count, from, to } : null;
  }

  /** How far a TSN is ahead of the next one; the first tells where to begin, unless the handshake did. */
  #ahead(tsn: number): number {
    this.#next ??= this.#firsts.length === 0 ? tsn : nearest(this.#firsts, tsn);
    return distance(this.#next, tsn);
  }

  #restart(next: number): void {
    this.#gaps.length = 0;
    this.#next = next;
  }

  #fill(tsn: number): void {
    const at = this.#gaps.findIndex(({ first, last }) => distance(first, tsn) >= 0 && distance(tsn, last) >= 0);
    const gap = this.#gaps[at];
    if (!gap) return;
    const { first, last, from, to } = gap;
    const parts = [
      { first, last: after(tsn, -1), from, to },
      { first: after(tsn, 1), last, from, to },
    ];
    this.#gaps.splice(at, 1, ...parts.filter((part) => distance(part.first, part.last) >= 0));
  }
}

/**
 * Seconds in which the acknowledgement of something comes, retransmissions after a loss included. A receiver has 0.5 s
 * (RFC 9260, section 6.2), so what was acknowledged now was not sent much earlier, however long nothing was heard.
 */
const acknowledgedWithin = 5;

/** No window lets so many chunks be under way; associations begin at random numbers. */
const implausible = 2 ** 20;

// TSNs count modulo 2^32 (RFC 9260, section 1.6).
const distance = (from: number, to: number): number => (to - from) | 0;
const after = (tsn: number, count: number): number => (tsn + count) >>> 0;

/** The first TSN that this one follows most closely: an acknowledgement of nothing is one before it. */
function nearest(firsts: readonly number[], tsn: number): number {
  const lag = (first: number) => Math.abs(distance(first, tsn) + 1);
  return firsts.reduce((best, first) => (lag(first) < lag(best) ? first : best));
}
