import type { Random } from '../base/random.js';
import { type Distribution, draw } from '../experiment/distribution.js';

/**
 * The requests that one user generates: an open stream of gaps and sizes, drawn one after the other from a stream of
 * its own, so that what else happens in a run never changes them.
 */
export class RequestStream {
  /** When the next request is or was generated, seconds since the run began. */
  time: number;
  /** Its size in calculations. */
  size: number;
  /** Requests generated before it. */
  taken = 0;

  constructor(
    start: number,
    readonly gaps: Distribution,
    readonly sizes: Distribution,
    readonly random: Random,
  ) {
    this.time = start + draw(gaps, random);
    this.size = draw(sizes, random);
  }

  /** Goes on to the request after this one. */
  advance(): void {
    this.time += draw(this.gaps, this.random);
    this.size = draw(this.sizes, this.random);
    this.taken++;
  }
}
