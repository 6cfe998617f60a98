import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sequence } from '../../harness/measure/sequence.js';

describe('Sequence', () => {
  it('misses exactly what was acknowledged and never seen, also where TSNs wrap around', () => {
    const story = fc.record({
      first: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      seen: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      // Where acknowledgements fall, as positions in the sequence.
      acks: fc.array(fc.nat(39), { maxLength: 10 }),
    });
    fc.assert(
      fc.property(story, ({ first, seen, acks }) => {
        const sequence = new Sequence(0);
        sequence.begins(first);
        const tsn = (index: number) => (first + index) % 2 ** 32;
        let missing = 0;
        for (const [index, was] of seen.entries()) {
          if (was) sequence.data(tsn(index), index);
          if (acks.includes(index)) missing += sequence.acknowledged(tsn(index), index)?.count ?? 0;
        }
        missing += sequence.acknowledged(tsn(seen.length - 1), seen.length)?.count ?? 0;
        expect(missing).toBe(seen.filter((was) => !was).length);
      }),
    );
  });

  it('says between what it was', () => {
    const sequence = new Sequence(0);
    sequence.begins(7);
    sequence.data(7, 10);
    sequence.data(9, 12);
    expect(sequence.acknowledged(9, 12.2)).toEqual({ count: 1, from: 10, to: 12 });
  });

  it('does not miss what was sent late, or never acknowledged', () => {
    const sequence = new Sequence(0);
    sequence.begins(1);
    for (const tsn of [1, 3, 2, 5]) sequence.data(tsn, tsn);
    expect(sequence.acknowledged(3, 6)).toBeNull();
  });

  it('chooses among the beginnings that a repeated INIT brought forth', () => {
    const sequence = new Sequence(0);
    for (const first of [1000, 2 ** 31]) sequence.begins(first);
    expect(sequence.acknowledged(2 ** 31 + 1, 1)).toMatchObject({ count: 2 });
  });

  it('begins where it is first heard of when its beginning was not seen', () => {
    const sequence = new Sequence(0);
    expect(sequence.acknowledged(41, 1)).toBeNull();
    expect(sequence.data(42, 2)).toBeNull();
    expect(sequence.acknowledged(43, 3)).toMatchObject({ count: 1 });
  });
});
