import { beforeAll, describe, expect, it } from 'vitest';
import { asapTypes, decode, encode } from '../../../harness/pool/native/asap.js';
import {
  calcAppTypes,
  decodeCalcApp,
  decodeCookie,
  encodeCalcApp,
  encodeCookie,
} from '../../../harness/pool/native/calcapp.js';
import { decodeEnrp, encodeEnrp, enrpTypes } from '../../../harness/pool/native/enrp.js';
import type { Parameter } from '../../../harness/pool/native/parameter.js';
import { type Payload, payloadsOf, recorded } from './payloads.js';

const codecs = {
  asap: (bytes: Buffer) => ({ message: decode(bytes), again: encode(decode(bytes)) }),
  enrp: (bytes: Buffer) => ({ message: decodeEnrp(bytes), again: encodeEnrp(decodeEnrp(bytes)) }),
  calcapp: (bytes: Buffer) => ({ message: decodeCalcApp(bytes), again: encodeCalcApp(decodeCalcApp(bytes)) }),
};

let payloads: Payload[];
beforeAll(async () => {
  payloads = [];
  for (const capture of recorded) payloads.push(...(await payloadsOf(capture)));
}, 120_000);

const of = (protocol: Payload['protocol']) => payloads.filter((payload) => payload.protocol === protocol);

describe('what RSPLIB sent', () => {
  it.each(['asap', 'enrp', 'calcapp'] as const)('%s is understood, and comes out again as it was', (protocol) => {
    const all = of(protocol);
    expect(all.length).toBeGreaterThan(500);
    for (const { bytes } of all) {
      const { message, again } = codecs[protocol](bytes);
      expect(again.toString('hex')).toBe(bytes.toString('hex'));
      if ('parameters' in message) expect(kindsIn(message.parameters)).not.toContain('other');
    }
  });

  it('is nearly every kind of message', () => {
    const seen = (protocol: Payload['protocol'], types: object) =>
      Object.entries(types)
        .filter(([, type]) => !of(protocol).some(({ bytes }) => bytes[0] === type))
        .map(([name]) => name);
    expect(seen('asap', asapTypes)).toEqual(['businessCard', 'error']);
    // RSPLIB tries to send the first of these, but it never leaves.
    expect(seen('enrp', enrpTypes)).toEqual(['takeoverServer', 'error']);
    expect(seen('calcapp', calcAppTypes)).toEqual(['reject', 'abort']);
  });

  it('has cookies of CalcApp, which come out again as they were', () => {
    const cookies = of('asap').flatMap(({ bytes }) => decode(bytes).parameters.filter(({ kind }) => kind === 'cookie'));
    expect(cookies.length).toBeGreaterThan(100);
    for (const cookie of cookies) {
      if (cookie.kind !== 'cookie') continue;
      const job = decodeCookie(cookie.bytes);
      expect(job.completed).toBeLessThanOrEqual(job.size);
      expect(encodeCookie(job)).toBe(cookie.bytes);
    }
  });
});

const kindsIn = (parameters: readonly Parameter[]): string[] =>
  parameters.flatMap((it) => [it.kind, ...('parameters' in it ? kindsIn(it.parameters) : [])]);
