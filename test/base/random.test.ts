import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { type Random, randomFrom } from '../../harness/base/random.js';

const take = (random: Random, count = 5) => Array.from({ length: count }, () => random.uniform());
const seed = fc.integer();
const names = fc.array(fc.string(), { maxLength: 3 });

describe('streams', () => {
  it('are the same for the same seed and names', () => {
    fc.assert(
      fc.property(seed, names, (seed, names) => {
        expect(take(randomFrom(seed, ...names))).toEqual(take(randomFrom(seed).fork(...names)));
      }),
    );
  });

  it('are not moved by draws in the stream they were forked from, or in its other forks', () => {
    fc.assert(
      fc.property(seed, fc.nat(20), (seed, draws) => {
        const parent = randomFrom(seed);
        take(parent, draws);
        take(parent.fork('requests'), draws);
        expect(take(parent.fork('faults'))).toEqual(take(randomFrom(seed).fork('faults')));
      }),
    );
  });

  it('differ by seed and by name', () => {
    const streams = [
      randomFrom(1, 'b'),
      randomFrom(2, 'a'),
      randomFrom(1, 'a'),
      randomFrom(1),
      randomFrom(1, 'a', 'b'),
    ];
    expect(new Set(streams.map((stream) => stream.uniform())).size).toBe(streams.length);
  });
});

describe('streams side by side', () => {
  it('are the same as those that are forked one by one, wherever their states are kept', () => {
    fc.assert(
      fc.property(seed, fc.array(names, { minLength: 1, maxLength: 6 }), fc.nat(5), (seed, each, room) => {
        const parent = randomFrom(seed, 'users');
        const stride = 4 + room;
        const kept = { array: new Int32Array(stride * each.length), stride };
        for (const streams of [parent.forkEach(each), parent.forkEach(each, kept)]) {
          // In turn, so that a draw in one is seen to move none of the others.
          const drawn = [0, 1, 2].map(() => each.map((_, index) => streams.of(index).uniform()));
          const forks = each.map((names) => parent.fork(...names));
          expect(drawn).toEqual([0, 1, 2].map(() => forks.map((fork) => fork.uniform())));
        }
      }),
    );
  });
});

describe('draws', () => {
  it('are what another implementation of xoroshiro128+ gives', () => {
    // The first four bytes, lowest first, of the SHA-256 of '1/requests/pu1'.
    const theirs = xoroshiro128plus(createHash('sha256').update('1/requests/pu1').digest().readInt32LE(0));
    const uniform = () => ((theirs.next() >>> 5) * 2 ** 26 + (theirs.next() >>> 6)) / 2 ** 53;
    const ours = randomFrom(1, 'requests', 'pu1');
    for (let n = 0; n < 1000; n++) expect(ours.uniform()).toBe(uniform());
  });

  it('are in [0, 1), and whole numbers below a limit reach every value', () => {
    const random = randomFrom(1);
    for (const value of take(random, 10_000)) expect(value >= 0 && value < 1).toBe(true);
    const seen = new Set(Array.from({ length: 200 }, () => random.below(3)));
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });

  it('are exponential with the mean asked for', () => {
    const random = randomFrom(7, 'exponential');
    const count = 100_000;
    const sample = Array.from({ length: count }, () => random.exponential(5));
    const mean = sample.reduce((sum, value) => sum + value) / count;
    // The mean of n exponentials deviates by mean/√n = 0.016; five times that happens once in two million seeds.
    expect(Math.abs(mean - 5)).toBeLessThan((5 * 5) / Math.sqrt(count));
    // P(X > mean) = 1/e; its own deviation is √(p(1-p)/n) = 0.0015.
    const above = sample.filter((value) => value > 5).length / count;
    expect(Math.abs(above - Math.exp(-1))).toBeLessThan(5 * 0.0016);
  });
});
