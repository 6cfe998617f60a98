const none = -1;

/** Requests that wait in their users' queues, first come, first served. A request is known by a number. */
export class Backlog {
  /** First and last request of each user. */
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  /** By request: when it was generated, its size, and the one behind it in its queue or among the free numbers. */
  readonly #times: number[] = [];
  readonly #sizes: number[] = [];
  readonly #next: number[] = [];
  #free = none;

  constructor(users: number) {
    this.#firsts = new Int32Array(users).fill(none);
    this.#lasts = new Int32Array(users).fill(none);
  }

  add(user: number, generatedAt: number, size: number): void {
    const request = this.#free === none ? this.#times.length : this.#free;
    if (this.#free !== none) this.#free = this.#next[request]!;
    this.#times[request] = generatedAt;
    this.#sizes[request] = size;
    this.#next[request] = none;
    if (this.#firsts[user] === none) this.#firsts[user] = request;
    else this.#next[this.#lasts[user]!] = request;
    this.#lasts[user] = request;
  }

  /** The request at the head of the user's queue; −1 when nothing waits. */
  first(user: number): number {
    return this.#firsts[user]!;
  }

  generatedAt(request: number): number {
    return this.#times[request]!;
  }

  size(request: number): number {
    return this.#sizes[request]!;
  }

  /** Takes the first request out of a queue that is not empty. Its number is used again. */
  shift(user: number): void {
    const request = this.#firsts[user]!;
    this.#firsts[user] = this.#next[request]!;
    this.#next[request] = this.#free;
    this.#free = request;
  }
}
