import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * One stream of random numbers. Streams are forked by name from a single seed, so that a new draw in one of them moves
 * none of the others: `seed → replication → 'requests' / 'faults' / …`.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** Uniform whole number in [0, below). */
  below(limit: number): number;
  /** An independent stream; the same names always give the same one. */
  fork(...names: readonly (string | number)[]): Random;
}

export const randomFrom = (seed: number, ...names: readonly (string | number)[]): Random => new Stream(seed, names);

/** A class, not closures: a simulation has a stream per user, and with ten thousand of them every object counts. */
class Stream implements Random {
  readonly #seed: number;
  readonly #names: readonly (string | number)[];
  readonly #generator: RandomGenerator;

  constructor(seed: number, names: readonly (string | number)[]) {
    this.#seed = seed;
    this.#names = names;
    this.#generator = xoroshiro128plus(seedOf(seed, names.join('/')));
  }

  uniform(): number {
    const generator = this.#generator;
    return ((generator.next() >>> 5) * 67108864 + (generator.next() >>> 6)) / 9007199254740992;
  }

  exponential(mean: number): number {
    // 1 - u is never zero, so the logarithm is always finite.
    return -mean * Math.log(1 - this.uniform());
  }

  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  fork(...names: readonly (string | number)[]): Random {
    return new Stream(this.#seed, [...this.#names, ...names]);
  }
}

// Hashing keeps neighbouring seeds and names unrelated; a plain sum would make seed 1/'b' collide with seed 2/'a'.
const seedOf = (seed: number, path: string): number =>
  createHash('sha256').update(`${seed}/${path}`).digest().readInt32LE(0);
