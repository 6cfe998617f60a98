import type { Random } from '../base/random.js';
import { type Distribution, draw } from '../experiment/distribution.js';

/** How a user generates its requests. */
export interface RequestSource {
  readonly gaps: Distribution;
  readonly sizes: Distribution;
  /** The user's own stream, so that nothing else that happens in a run ever changes its requests. */
  readonly random: Random;
}

/** The requests that users generate: for each user an open stream of gaps and sizes, of which the next one is known. */
export class RequestStreams {
  /** When each user's next request is or was generated, seconds since the run began. */
  readonly times: Float64Array;
  /** Its size in calculations. */
  readonly sizes: Float64Array;
  /** Requests of the user before it. */
  readonly taken: Int32Array;
  readonly #sources: readonly RequestSource[];

  /** All users start at the same time. */
  constructor(start: number, sources: readonly RequestSource[]) {
    this.times = new Float64Array(sources.length).fill(start);
    this.sizes = new Float64Array(sources.length);
    this.taken = new Int32Array(sources.length).fill(-1);
    this.#sources = sources;
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
    const { gaps, sizes, random } = this.#sources[user]!;
    this.times[user] = this.times[user]! + draw(gaps, random);
    this.sizes[user] = draw(sizes, random);
    this.taken[user] = this.taken[user]! + 1;
  }
}
