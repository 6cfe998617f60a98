import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { check, show } from '../../harness/base/check.js';

const shape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('circle'), radius: z.number().positive() }),
  z.strictObject({ kind: z.literal('line') }),
]);
const schema = z.strictObject({
  count: z.int().min(1).max(9).default(1),
  share: z.number().gt(0).lt(1).optional(),
  name: z.string().min(1).optional(),
  list: z
    .array(z.enum(['a', 'b']))
    .min(1)
    .optional(),
  either: z.union([z.number(), z.array(z.number())]).optional(),
  shape: shape.optional(),
});

it('returns the input with its defaults', () => expect(check('it', schema, {})).toEqual({ count: 1 }));

describe('a refusal is one sentence with where, expected and got', () => {
  it.each([
    [{ count: 'x' }, `it.count: expected number, got "x"`],
    [{ count: 0 }, 'it.count: expected at least 1, got 0'],
    [{ count: 10 }, 'it.count: expected at most 9, got 10'],
    [{ count: 1.5 }, 'it.count: expected int, got 1.5'],
    [{ count: Number.NaN }, 'it.count: expected number, got NaN'],
    [{ share: 0 }, 'it.share: expected more than 0, got 0'],
    [{ share: 1 }, 'it.share: expected less than 1, got 1'],
    [{ share: Number.POSITIVE_INFINITY }, 'it.share: expected number, got Infinity'],
    [{ name: '' }, 'it.name: expected at least 1 character, got ""'],
    [{ list: [] }, 'it.list: expected at least 1 entry, got []'],
    [{ list: ['a', 'c'] }, 'it.list.1: expected one of a, b, got "c"'],
    [{ either: 'x' }, 'it.either: expected number or array, got "x"'],
    [{ shape: { kind: 'square' } }, 'it.shape.kind: expected one of circle, line, got "square"'],
    [{ shape: {} }, 'it.shape.kind: expected one of circle, line, got nothing'],
    [{ shape: { kind: 'circle', radius: -1 } }, 'it.shape.radius: expected more than 0, got -1'],
    [{ shape: 3 }, 'it.shape: expected object, got 3'],
    [{ cuont: 1 }, `it: unknown option 'cuont'`],
    [undefined, 'it: expected object, got nothing'],
  ])('%j', (input, message) => {
    expect(() => check('it', schema, input)).toThrow(expect.objectContaining({ code: 'bad-input', message }));
  });
});

it('shows any value, cut to a readable length', () => {
  expect([undefined, null, () => 1, 5n, Number.NaN, 'x'].map(show)).toEqual([
    'nothing',
    'null',
    'a function',
    '5n',
    'NaN',
    '"x"',
  ]);
  expect(show('x'.repeat(100))).toHaveLength(58);
});
