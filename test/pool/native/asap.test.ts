import { describe, expect, it } from 'vitest';
import { asapTypes, decode, encode, find } from '../../../harness/pool/native/asap.js';

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

it('bytes that are no message are refused with a sentence', () => {
  expect(() => decode(bytes('05'))).toThrow('ASAP message: expected at least its own length, got 1 bytes');
  expect(() => decode(bytes('0500000800090009'))).toThrow('expected a length of 4 to 4 at byte 4, got 9');
  expect(() => decode(bytes('07000004'))).toThrow('expected 4 bytes at byte 4, got 0');
});
