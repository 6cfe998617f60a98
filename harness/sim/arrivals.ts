import type { Source } from './queue.js';
import type { RequestStreams } from './requests.js';

/**
 * The requests of all users, in the order in which they are generated. They depend on nothing that happens in a
 * simulation, so they are drawn ahead, an era at a time, and sorted: visiting ten thousand users in turn costs
 * little, as memory is fetched in that order anyway; following the next request of each on its own would cost more the
 * more users there are. How long an era is changes no result.
 */
export class Arrivals implements Source {
  /** Calculations of the request that was taken last. */
  size = 0;
  readonly #streams: RequestStreams;
  /** Slot of the first user. */
  readonly #slots: number;
  readonly #eraLength: number;
  #eraEnd: number;
  /** The era's requests: as they were drawn, user by user, and in order of time. */
  readonly #drawn = new Requests();
  readonly #sorted = new Requests();
  #next = 0;

  /** `start`: no request is generated before. */
  constructor(streams: RequestStreams, start: number, firstSlot: number) {
    this.#streams = streams;
    this.#slots = firstSlot;
    // About half of the users generate a request in an era.
    this.#eraLength = streams.users / (2 * streams.rate);
    this.#eraEnd = start;
    if (streams.users > 0) this.#drawEra();
  }

  get firstTime(): number {
    return this.#next < this.#sorted.count ? this.#sorted.times[this.#next]! : Number.POSITIVE_INFINITY;
  }

  shift(): number {
    const slot = this.#slots + this.#sorted.users[this.#next]!;
    this.size = this.#sorted.sizes[this.#next]!;
    this.#next++;
    if (this.#next === this.#sorted.count) this.#drawEra();
    return slot;
  }

  /** Draws the next era in which anything happens. */
  #drawEra(): void {
    const [streams, drawn] = [this.#streams, this.#drawn];
    drawn.count = 0;
    let begin = this.#eraEnd;
    while (drawn.count === 0) {
      begin = this.#eraEnd;
      this.#eraEnd += this.#eraLength;
      for (let user = 0; user < streams.users; user++) {
        for (; streams.time(user) < this.#eraEnd; streams.advance(user)) {
          drawn.add(streams.time(user), streams.size(user), user);
        }
      }
    }
    this.#sorted.sort(drawn, begin, this.#eraEnd);
    this.#next = 0;
  }
}

/** Requests side by side: times, sizes, users. */
class Requests {
  count = 0;
  times = new Float64Array(64);
  sizes = new Float64Array(64);
  users = new Int32Array(64);
  #ends = new Int32Array(64);

  add(time: number, size: number, user: number): void {
    if (this.count === this.times.length) this.#reserve(2 * this.count);
    this.#put(this.count++, time, size, user);
  }

  /**
   * Becomes the drawn ones, all of them between `from` and `to`, in order of time, and where that is the same in the
   * order in which they were drawn: spread over as many parts of that span as there are requests, then put in order
   * where several are in one part.
   */
  sort(drawn: Requests, from: number, to: number): void {
    const { count } = drawn;
    if (count > this.times.length) this.#reserve(drawn.times.length);
    this.count = count;
    const ends = this.#ends;
    const partsPerSecond = count / (to - from);
    const partOf = (time: number) => Math.min(count - 1, Math.max(0, Math.floor((time - from) * partsPerSecond)));
    ends.fill(0, 0, count);
    for (let index = 0; index < count; index++) ends[partOf(drawn.times[index]!)]!++;
    for (let part = 1; part < count; part++) ends[part]! += ends[part - 1]!;
    for (let index = count - 1; index >= 0; index--) {
      const time = drawn.times[index]!;
      this.#put(--ends[partOf(time)]!, time, drawn.sizes[index]!, drawn.users[index]!);
    }
    for (let index = 1; index < count; index++) this.#sink(index);
  }

  /** Moves a request to before those that are later. */
  #sink(index: number): void {
    const time = this.times[index]!;
    if (this.times[index - 1]! <= time) return;
    const [size, user] = [this.sizes[index]!, this.users[index]!];
    let at = index;
    for (; at > 0 && this.times[at - 1]! > time; at--) {
      this.#put(at, this.times[at - 1]!, this.sizes[at - 1]!, this.users[at - 1]!);
    }
    this.#put(at, time, size, user);
  }

  #put(at: number, time: number, size: number, user: number): void {
    this.times[at] = time;
    this.sizes[at] = size;
    this.users[at] = user;
  }

  #reserve(length: number): void {
    const [times, sizes, users] = [this.times, this.sizes, this.users];
    this.times = new Float64Array(length);
    this.sizes = new Float64Array(length);
    this.users = new Int32Array(length);
    this.#ends = new Int32Array(length);
    this.times.set(times);
    this.sizes.set(sizes);
    this.users.set(users);
  }
}
