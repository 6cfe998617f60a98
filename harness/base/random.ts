import { hash } from 'node:crypto';

/** One stream of random numbers. */
export interface Draws {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** Uniform whole number in [0, below). */
  below(limit: number): number;
}

/**
 * A stream of which others are forked by name, all from a single seed, so that a new draw in one of them moves none of
 * the others: `seed → replication → 'requests' / 'faults' / …`.
 */
export interface Random extends Draws {
  /** An independent stream; the same names always give the same one. */
  fork(...names: readonly Name[]): Random;
  /** The same streams as {@link fork} gives, one after the other, their states side by side. */
  forkEach(names: readonly (readonly Name[])[], where?: States): Streams;
}

type Name = string | number;

/** Where the states of streams are kept: each is four numbers, and so many numbers further on is the next. */
export interface States {
  readonly array: Int32Array;
  readonly stride: number;
}

const stateLength = 4;

export const randomFrom = (seed: number, ...names: readonly Name[]): Random => new Fork(seed, names);

/** Many streams. A simulation has one per user: ten thousand objects would not stay in near memory, an array does. */
export class Streams {
  readonly #states: States;
  readonly #cursor: Stream;

  constructor(seeds: readonly number[], { array, stride }: States) {
    this.#states = { array, stride };
    this.#cursor = new Stream(array);
    for (const [index, seed] of seeds.entries()) initialise(array, stride * index, seed);
  }

  /** The stream of this number, good until the next call. */
  of(index: number): Draws {
    this.#cursor.at = this.#states.stride * index;
    return this.#cursor;
  }
}

/** Generator: xoroshiro128+ by Blackman and Vigna, with the constants of 2018; 64 bits are two numbers of 32. */
class Stream implements Draws {
  readonly #states: Int32Array;
  /** Where in the array its state is. */
  at = 0;

  constructor(states: Int32Array) {
    this.#states = states;
  }

  uniform(): number {
    const states = this.#states;
    const { at } = this;
    const high = next(states, at) >>> 5;
    return (high * 67108864 + (next(states, at) >>> 6)) / 9007199254740992;
  }

  exponential(mean: number): number {
    // 1 - u is never zero, so the logarithm is always finite.
    return -mean * Math.log(1 - this.uniform());
  }

  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }
}

class Fork extends Stream implements Random {
  readonly #seed: number;
  readonly #names: readonly Name[];

  constructor(seed: number, names: readonly Name[]) {
    const state = new Int32Array(stateLength);
    initialise(state, 0, hashOf(seed, names));
    super(state);
    this.#seed = seed;
    this.#names = names;
  }

  fork(...names: readonly Name[]): Random {
    return new Fork(this.#seed, [...this.#names, ...names]);
  }

  forkEach(names: readonly (readonly Name[])[], where?: States): Streams {
    const seeds = names.map((each) => hashOf(this.#seed, [...this.#names, ...each]));
    return new Streams(seeds, where ?? { array: new Int32Array(stateLength * names.length), stride: stateLength });
  }
}

// Hashing keeps neighbouring seeds and names unrelated; a plain sum would make seed 1/'b' collide with seed 2/'a'.
function hashOf(seed: number, names: readonly Name[]): number {
  // The digest's first four bytes, the lowest one first.
  const bytes = Number.parseInt(hash('sha256', `${seed}/${names.join('/')}`).slice(0, 8), 16);
  return (bytes >>> 24) | ((bytes >>> 8) & 0xff00) | ((bytes & 0xff00) << 8) | (bytes << 24);
}

/** The state's numbers: high and low half of its first 64 bits, then of its second. */
function initialise(states: Int32Array, at: number, seed: number): void {
  states[at] = -1;
  states[at + 1] = ~seed;
  states[at + 2] = seed;
  states[at + 3] = 0;
}

/** Moves a state on. @returns the lower 32 bits of the output */
function next(states: Int32Array, at: number): number {
  const high = states[at]!;
  const low = states[at + 1]!;
  const lowChange = states[at + 3]! ^ low;
  const highChange = states[at + 2]! ^ high;
  const out = (low + states[at + 3]!) | 0;
  states[at + 1] = (low << 24) ^ (high >>> 8) ^ lowChange ^ (lowChange << 16);
  states[at] = (high << 24) ^ (low >>> 8) ^ highChange ^ ((highChange << 16) | (lowChange >>> 16));
  states[at + 3] = (highChange << 5) ^ (lowChange >>> 27);
  states[at + 2] = (lowChange << 5) ^ (highChange >>> 27);
  return out;
}
