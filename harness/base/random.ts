import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

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

export function randomFrom(seed: number, ...names: readonly (string | number)[]): Random {
  const path = names.join('/');
  const generator = xoroshiro128plus(seedOf(seed, path));
  const uniform = () => ((generator.next() >>> 5) * 67108864 + (generator.next() >>> 6)) / 9007199254740992;
  return {
    uniform,
    // 1 - u is never zero, so the logarithm is always finite.
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    below: (limit) => Math.floor(uniform() * limit),
    fork: (...more) => randomFrom(seed, ...names, ...more),
  };
}

// Hashing keeps neighbouring seeds and names unrelated; a plain sum would make seed 1/'b' collide with seed 2/'a'.
const seedOf = (seed: number, path: string): number =>
  createHash('sha256').update(`${seed}/${path}`).digest().readInt32LE(0);
