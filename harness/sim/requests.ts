import type { Random } from '../base/random.js';
import { type Distribution, draw } from '../experiment/distribution.js';

/** How a user generates its requests. */
export interface RequestSource {
  readonly gaps: Distribution;
  readonly sizes: Distribution;
  /** The user's own stream, so that nothing else that happens in a run ever changes its requests. */
  readonly random: Random;
}

/** Requests drawn at a time: going to ten thousand streams one by one would be slow, as none is in near memory. */
const batch = 8;
/** Times and sizes of a user's batch, in turn: what is used together should be fetched together. */
const recordLength = 2 * batch;

/** The requests that users generate: for each user an open stream of times and sizes; the next one is known. */
export class RequestStreams {
  readonly #sources: readonly RequestSource[];
  readonly #records: Float64Array;
  /** How many of each user's requests are over, and which of its batch is next. */
  readonly #taken: Int32Array;
  readonly #next: Uint8Array;

  /** All users start at the same time. */
  constructor(start: number, sources: readonly RequestSource[]) {
    this.#sources = sources;
    this.#records = new Float64Array(recordLength * sources.length);
    this.#taken = new Int32Array(sources.length);
    this.#next = new Uint8Array(sources.length);
    for (let user = 0; user < sources.length; user++) this.#draw(user, start);
  }

  get users(): number {
    return this.#sources.length;
  }

  /** When the user's next request is or was generated, seconds since the run began. */
  time(user: number): number {
    return this.#records[this.#place(user)]!;
  }

  /** Its size in calculations. */
  size(user: number): number {
    return this.#records[this.#place(user) + 1]!;
  }

  /** The user's next request as rows have it. */
  next(user: number): { id: number; size: number; queuedAt: number } {
    const id = this.#taken[user]! + 1;
    return { id, size: this.size(user), queuedAt: this.time(user) };
  }

  /** Goes on to the user's request after this one. */
  advance(user: number): void {
    const following = this.#next[user]! + 1;
    if (following === batch) this.#draw(user, this.time(user));
    this.#next[user] = following === batch ? 0 : following;
    this.#taken[user] = this.#taken[user]! + 1;
  }

  #place(user: number): number {
    return recordLength * user + 2 * this.#next[user]!;
  }

  /** Draws a batch of requests, the first of them one gap after this time. */
  #draw(user: number, from: number): void {
    const { gaps, sizes, random } = this.#sources[user]!;
    const first = recordLength * user;
    let time = from;
    for (let at = first; at < first + 2 * batch; at += 2) {
      time += draw(gaps, random);
      this.#records[at] = time;
      this.#records[at + 1] = draw(sizes, random);
    }
  }
}
