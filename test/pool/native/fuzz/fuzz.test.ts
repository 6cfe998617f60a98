import { expect, it } from 'vitest';
import { codeOf } from '../../../../harness/base/errors.js';
import { randomFrom } from '../../../../harness/base/random.js';
import { asapTypes, decode, encode } from '../../../../harness/pool/native/asap.js';
import { decodeCalcApp } from '../../../../harness/pool/native/calcapp.js';
import { decodeEnrp } from '../../../../harness/pool/native/enrp.js';
import { Grammar } from '../../../../harness/pool/native/fuzz/grammar.js';
import { mutate } from '../../../../harness/pool/native/fuzz/mutate.js';

const known = { pool: 'P', identifiers: [0x0100_0101], requests: [1], addresses: ['10.1.0.9'], own: 0xa000_0000 };

function messages(seed: number, count: number): Buffer[] {
  const random = randomFrom(seed, 'fuzz');
  const grammar = new Grammar(random, known);
  const kinds = [
    () => grammar.asap(),
    () => grammar.enrp(),
    () => grammar.calcApp(),
    () => grammar.cookie(asapTypes.cookieEcho),
  ];
  return Array.from({ length: count }, (_, at) => mutate(kinds[at % kinds.length]!(), random));
}

it('the same seed says the same, another one other things', () => {
  expect(messages(1, 40)).toEqual(messages(1, 40));
  expect(messages(1, 40)).not.toEqual(messages(2, 40));
});

it('every message fits into a message of SCTP, and is there at all', () => {
  for (const bytes of messages(3, 400)) {
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.length).toBeLessThanOrEqual(0xffff);
  }
});

it('what the grammar says is mostly understood, by the codec that it is written with', () => {
  const grammar = new Grammar(randomFrom(4, 'fuzz'), known);
  const understood = (decoded: () => unknown) => {
    try {
      decoded();
      return 1;
    } catch (error) {
      if (codeOf(error) !== 'bad-input') throw error;
      return 0;
    }
  };
  const sum = (decoded: () => unknown) =>
    Array.from({ length: 200 }, () => understood(decoded)).reduce<number>((a, b) => a + b, 0);
  expect(sum(() => decode(grammar.asap()))).toBeGreaterThan(150);
  expect(sum(() => decodeEnrp(grammar.enrp()))).toBeGreaterThan(150);
  expect(sum(() => decodeCalcApp(grammar.calcApp()))).toBeGreaterThan(150);
});

it('whatever is said, our codec takes it or refuses it with a sentence, and writes again what it took', () => {
  for (const bytes of messages(5, 400)) {
    try {
      const message = decode(bytes);
      expect(decode(encode(message))).toEqual(message);
    } catch (error) {
      expect(codeOf(error)).toBe('bad-input');
    }
  }
});
