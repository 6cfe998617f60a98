import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../harness/pool/native/asap.js';
import { decodeCalcApp, decodeCookie, encodeCalcApp, encodeCookie } from '../../../harness/pool/native/calcapp.js';
import { decodeEnrp, encodeEnrp } from '../../../harness/pool/native/enrp.js';
import type { Parameter } from '../../../harness/pool/native/parameter.js';
import { asapMessage, calcAppMessage, enrpMessage, job, nearMessage } from './arbitraries.js';

const codecs = {
  ASAP: { message: asapMessage, encode, decode },
  ENRP: { message: enrpMessage, encode: encodeEnrp, decode: decodeEnrp },
  CalcApp: { message: calcAppMessage, encode: encodeCalcApp, decode: decodeCalcApp },
} as const;
type Codec = { message: fc.Arbitrary<object>; encode: (it: never) => Buffer; decode: (bytes: Buffer) => object };
const each = Object.entries(codecs) as unknown as [string, Codec][];

describe.each(each)('%s', (_, { message, encode, decode }) => {
  it('every message survives encoding and decoding, and is a multiple of four bytes', () => {
    fc.assert(
      fc.property(message, (it) => {
        const bytes = encode(it as never);
        expect(decode(bytes)).toEqual(it);
        expect(bytes.length % 4).toBe(0);
        expect(bytes.readUInt16BE(2)).toBe(bytes.length);
      }),
    );
  });

  it('whatever bytes come, they are a message or refused with a sentence', () => {
    const bytes = fc.oneof(nearMessage, fc.uint8Array({ maxLength: 80 }).map(Buffer.from));
    fc.assert(
      fc.property(bytes, (it) => void tried(decode, it)),
      { numRuns: 2000 },
    );
  });

  it('of a message that was cut off or changed nothing is read beyond its end', () => {
    const changed = fc.tuple(message, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(changed, ([it, cut, place, octet]) => {
        const whole = encode(it as never);
        const bytes = Buffer.from(whole.subarray(0, whole.length - (cut % whole.length)));
        bytes[place % bytes.length] = octet;
        // What stands behind the message must make no difference.
        const inZeros = Buffer.concat([bytes, Buffer.alloc(64)]).subarray(0, bytes.length);
        const inOnes = Buffer.concat([bytes, Buffer.alloc(64, 0xff)]).subarray(0, bytes.length);
        expect(tried(decode, inZeros)).toEqual(tried(decode, inOnes));
      }),
    );
  });
});

it('every cookie of CalcApp survives encoding and decoding; what is none is refused', () => {
  fc.assert(fc.property(job, (it) => void expect(decodeCookie(encodeCookie(it))).toEqual(it)));
  expect(() => decodeCookie('00')).toThrow('CalcApp cookie: expected 20 bytes, got 1');
  expect(() => decodeCookie(`00000000${'ff'.repeat(16)}`)).toThrow('expected at most 9007199254740991 calculations');
});

it('a pool handle that is no text keeps its bytes', () => {
  const message = Buffer.from('0500000c0009000661ff0000', 'hex');
  expect(decode(message).parameters).toEqual([{ kind: 'other', number: 9, bytes: '61ff' }]);
  expect(encode(decode(message)).toString('hex')).toBe(message.toString('hex'));
});

it('parameters within each other end somewhere', () => {
  const nested = (levels: number): Parameter[] =>
    levels === 0 ? [] : [{ kind: 'sctpTransport', port: 1, use: 0, parameters: nested(levels - 1) }];
  const of = (levels: number) => encode({ type: 1, flags: 0, registrar: null, parameters: nested(levels) });
  expect(decode(of(16)).parameters).toEqual(nested(16));
  expect(() => decode(of(1000))).toThrow('expected at most 16 within each other');
});

it('a message longer than its length can say is refused', () => {
  const bytes = 'ab'.repeat(0xffff);
  const message = { type: 11, flags: 0, registrar: null, parameters: [{ kind: 'cookie', bytes } as const] };
  expect(() => encode(message)).toThrow('expected at most 65535 bytes, got 65539');
});

/** @returns what was decoded, or the sentence */
function tried(decode: (bytes: Buffer) => object, bytes: Buffer): object {
  try {
    return decode(bytes);
  } catch (error) {
    expect(error).toMatchObject({ name: 'HarnessError', code: 'bad-input' });
    return { refused: (error as Error).message };
  }
}
