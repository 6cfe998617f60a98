import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ddmin } from '../../harness/shrink/ddmin.js';

const numbers = (length: number) => Array.from({ length }, (_, at) => at);

it('finds what fails together, wherever it lies, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }).chain((length) =>
        fc.record({
          length: fc.constant(length),
          needed: fc.subarray(numbers(length), { minLength: 1, maxLength: Math.min(5, length) }),
        }),
      ),
      async ({ length, needed }) => {
        const fails = async (subset: readonly number[]) => needed.every((it) => subset.includes(it));
        expect(await ddmin(numbers(length), fails)).toEqual(needed);
      },
    ),
  );
});

it('ends with a failing set of which nothing can be left out, also when there are several', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.subarray(numbers(12), { minLength: 1 }), { minLength: 1, maxLength: 4 }),
      async (causes) => {
        const fails = (subset: readonly number[]) => causes.some((cause) => cause.every((it) => subset.includes(it)));
        const found = await ddmin(numbers(12), async (subset) => fails(subset));
        expect(fails(found)).toBe(true);
        for (const left of found) expect(fails(found.filter((it) => it !== left))).toBe(false);
      },
    ),
  );
});

it('asks seldom: of 64, one culprit is found in a few dozen questions', async () => {
  let asked = 0;
  await ddmin(numbers(64), async (subset) => {
    asked++;
    return subset.includes(41);
  });
  // Bisection: at most two halves in each of six rounds.
  expect(asked).toBeLessThanOrEqual(12);
});
