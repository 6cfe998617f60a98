import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AsapMessage, asapTypes, decode, encode, find, type Parameter } from '../../harness/pool/native/asap.js';

const pool = '0009000f43616c63417070506f6f6c00';

/** What RSPLIB 3.4.4 sent, from the captures of this project. */
const recorded = {
  registration:
    `01000044${pool}000a003043286c4d0000000000015f9000040018a0950001000100080a010002` +
    '000100080a0200020008000800000001',
  registrationResponse: `0300001c${pool}000e000843286c4d`,
  deregistration: `0200001c${pool}000e000862baf944`,
  handleResolution: `0500001c${pool}803f000800000001`,
  handleResolutionResponse:
    `0600004c${pool}0008000800000001000a003043286c4d8eb9202900015f9000040018a0950001000100080a010002` +
    '000100080a0200020008000800000001',
  endpointKeepAlive: '070000208eb92029'.concat(pool, '000e000843286c4d'),
  endpointKeepAliveAck: `0800001c${pool}000e000843286c4d`,
};

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('messages of RSPLIB', () => {
  it.each(Object.entries(recorded))('%s is understood, and comes out again as it was', (name, hex) => {
    const message = decode(bytes(hex));
    expect(message.type).toBe(asapTypes[name as keyof typeof recorded]);
    expect(message.parameters.some(({ kind }) => kind === 'other')).toBe(false);
    expect(find(message, 'poolHandle')).toEqual({ kind: 'poolHandle', handle: 'CalcAppPool' });
    expect(encode(message).toString('hex')).toBe(hex);
  });

  it('a registration says who the element is, where, and for how long', () => {
    const element = find(decode(bytes(recorded.registration)), 'poolElement')!;
    expect(element).toMatchObject({ identifier: 0x43286c4d, registrar: 0, registrationLife: 90_000 });
    expect(find(element, 'policy')).toEqual({ kind: 'policy', policy: 1, values: [] });
    expect(find(element, 'sctpTransport')).toEqual({
      ...{ kind: 'sctpTransport', port: 0xa095, use: 1 },
      parameters: [
        { kind: 'ipv4Address', address: '10.1.0.2' },
        { kind: 'ipv4Address', address: '10.2.0.2' },
      ],
    });
  });
});

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const hex = fc.uint8Array({ maxLength: 9 }).map((it) => Buffer.from(it).toString('hex'));
const known = new Set([0x1, 0x4, 0x8, 0x9, 0xa, 0xc, 0xe, 0x803f]);
const { parameter } = fc.letrec<{ parameter: Parameter }>((tie) => ({
  parameter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('poolHandle' as const), handle: fc.string({ unit: 'grapheme', maxLength: 20 }) }),
    fc.record({ kind: fc.constant('elementIdentifier' as const), identifier: word }),
    fc.record({ kind: fc.constant('ipv4Address' as const), address: fc.ipV4() }),
    fc.record({ kind: fc.constant('policy' as const), policy: word, values: fc.array(word, { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('error' as const), causes: hex }),
    fc.record({ kind: fc.constant('items' as const), items: word }),
    fc.record({
      kind: fc.constant('other' as const),
      number: fc.integer({ min: 0, max: 0xffff }).filter((it) => !known.has(it)),
      bytes: hex,
    }),
    fc.record({
      kind: fc.constant('sctpTransport' as const),
      port: fc.integer({ min: 0, max: 0xffff }),
      use: fc.integer({ min: 0, max: 0xffff }),
      parameters: fc.array(tie('parameter'), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('poolElement' as const),
      ...{ identifier: word, registrar: word, registrationLife: word },
      parameters: fc.array(tie('parameter'), { maxLength: 3 }),
    }),
  ),
}));
const message: fc.Arbitrary<AsapMessage> = fc
  .record({
    type: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    identifier: word,
    parameters: fc.array(parameter, { maxLength: 5 }),
  })
  .map(({ identifier, ...rest }) => ({
    ...rest,
    registrar: rest.type === asapTypes.endpointKeepAlive ? identifier : null,
  }));

it('every message survives encoding and decoding, and is a multiple of four bytes', () => {
  fc.assert(
    fc.property(message, (it) => {
      const encoded = encode(it);
      expect(decode(encoded)).toEqual(it);
      expect(encoded.length % 4).toBe(0);
      expect(encoded.readUInt16BE(2)).toBe(encoded.length);
    }),
  );
});

it('bytes that are no message are refused with a sentence, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (it) => {
      try {
        decode(Buffer.from(it));
      } catch (error) {
        expect(error).toMatchObject({ name: 'HarnessError', code: 'bad-input' });
      }
    }),
  );
  expect(() => decode(bytes('05'))).toThrow('ASAP message: expected at least its own length, got 1 bytes');
  expect(() => decode(bytes('0500000800090009'))).toThrow('expected a length within its message, got 9 at byte 0');
});
