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

/** The requests that users generate: for each user an open stream of gaps and sizes, of which the next one is known. */
export class RequestStreams {
  /** When each user's next request is or was generated, seconds since the run began. */
  readonly times: Float64Array;
  /** Its size in calculations. */
  readonly sizes: Float64Array;
  /** Requests of the user before it. */
  readonly taken: Int32Array;
  readonly #sources: readonly RequestSource[];
  /** Gaps and sizes of each user's coming requests, in turn. */
  readonly #drawn: Float64Array;

  /** All users start at the same time. */
  constructor(start: number, sources: readonly RequestSource[]) {
    this.times = new Float64Array(sources.length).fill(start);
    this.sizes = new Float64Array(sources.length);
    this.taken = new Int32Array(sources.length).fill(-1);
    this.#sources = sources;
    this.#drawn = new Float64Array(2 * batch * sources.length);
    for (let user = 0; user < sources.length; user++) this.advance(user);
  }

  get users(): number {
    return this.#sources.length;
  }

  /** The user's next request as rows have it. */
  next(user: number): { id: number; size: number; queuedAt: number } {
    return { id: this.taken[user]! + 1, size: this.sizes[user]!, queuedAt: this.times[user]! };
  }

  /** Goes on to the user's request after this one. */
  advance(user: number): void {
    const taken = this.taken[user]! + 1;
    this.taken[user] = taken;
    const place = taken % batch;
    if (place === 0) this.#draw(user);
    const at = 2 * (user * batch + place);
    this.times[user] = this.times[user]! + this.#drawn[at]!;
    this.sizes[user] = this.#drawn[at + 1]!;
  }

  #draw(user: number): void {
    const { gaps, sizes, random } = this.#sources[user]!;
    for (let at = 2 * user * batch; at < 2 * (user + 1) * batch; at += 2) {
      this.#drawn[at] = draw(gaps, random);
      this.#drawn[at + 1] = draw(sizes, random);
    }
  }
}
