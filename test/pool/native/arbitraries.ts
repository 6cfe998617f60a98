import fc from 'fast-check';
import { type AsapMessage, asapTypes } from '../../../harness/pool/native/asap.js';
import type { CalcAppMessage, Job } from '../../../harness/pool/native/calcapp.js';
import { type EnrpMessage, enrpTypes } from '../../../harness/pool/native/enrp.js';
import type { Parameter } from '../../../harness/pool/native/parameter.js';

export const octet = fc.integer({ min: 0, max: 0xff });
const short = fc.integer({ min: 0, max: 0xffff });
export const word = fc.integer({ min: 0, max: 0xffff_ffff });
const hex = fc.uint8Array({ maxLength: 9 }).map((it) => Buffer.from(it).toString('hex'));
const isKnown = (number: number): boolean => (number >= 0x1 && number <= 0xf) || number === 0x803f;

/** Of the kinds of which nothing depends on what is within them. */
const leaf = fc.oneof(
  fc.record({ kind: fc.constant('ipv4Address' as const), address: fc.ipV4() }),
  fc.record({
    kind: fc.constant('ipv6Address' as const),
    address: fc.constantFrom('::', '::1', '2001:db8::', '2001:db8:0:1:1:1:1:1', 'fe80::ffff:0:1', '1:2:3:4:5:6:7:8'),
  }),
  fc.record({ kind: fc.constant('policy' as const), policy: word, values: fc.array(word, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('poolHandle' as const), handle: fc.string({ unit: 'grapheme', maxLength: 20 }) }),
  fc.record({
    kind: fc.constant('error' as const),
    causes: fc.array(fc.record({ code: short, bytes: hex }), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('cookie' as const), bytes: hex }),
  fc.record({ kind: fc.constant('elementIdentifier' as const), identifier: word }),
  fc.record({ kind: fc.constant('checksum' as const), checksum: short }),
  fc.record({ kind: fc.constant('items' as const), items: word }),
  fc.record({
    kind: fc.constant('other' as const),
    number: short.filter((it) => !isKnown(it)),
    bytes: hex,
  }),
);

export const { parameter } = fc.letrec<{ parameter: Parameter; within: Parameter[] }>((tie) => ({
  within: fc.array(tie('parameter'), { maxLength: 3 }),
  parameter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom(...(['sctpTransport', 'tcpTransport', 'udpTransport', 'udpLiteTransport'] as const)),
      ...{ port: short, use: short, parameters: tie('within') },
    }),
    fc.record({
      kind: fc.constant('dccpTransport' as const),
      ...{ port: short, use: short, service: word, parameters: tie('within') },
    }),
    fc.record({
      kind: fc.constant('poolElement' as const),
      ...{ identifier: word, registrar: word, registrationLife: word, parameters: tie('within') },
    }),
    fc.record({ kind: fc.constant('serverInformation' as const), registrar: word, parameters: tie('within') }),
  ),
}));
const parameters = fc.array(parameter, { maxLength: 5 });

export const asapMessage: fc.Arbitrary<AsapMessage> = fc
  .record({ type: octet, flags: octet, registrar: word, parameters })
  .map(({ type, registrar, ...rest }) => {
    const names = type === asapTypes.endpointKeepAlive || type === asapTypes.serverAnnounce;
    return { type, registrar: names ? registrar : null, ...rest };
  });

export const enrpMessage: fc.Arbitrary<EnrpMessage> = fc
  .record({ type: fc.oneof(fc.integer({ min: 1, max: 10 }), octet), flags: octet, sender: word, receiver: word })
  .chain(({ type, ...rest }) => {
    const isTakeover = type >= enrpTypes.initTakeover && type <= enrpTypes.takeoverServer;
    return fc.record({
      type: fc.constant(type),
      flags: fc.constant(rest.flags),
      sender: fc.constant(rest.sender),
      receiver: fc.constant(rest.receiver),
      target: isTakeover ? word : fc.constant(null),
      action: type === enrpTypes.handleUpdate ? short : fc.constant(null),
      parameters,
    });
  });

export const job: fc.Arbitrary<Job> = fc.record({ job: word, size: fc.maxSafeNat(), completed: fc.maxSafeNat() });

export const calcAppMessage: fc.Arbitrary<CalcAppMessage> = fc
  .tuple(octet, octet, job)
  .map(([type, flags, it]) => ({ type, flags, ...it }));

/** Bytes that look like a message from afar: the header's length is right, the numbers of parameters are known ones. */
export const nearMessage: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.integer({ min: 0, max: 15 }),
    octet,
    fc.array(
      fc.tuple(
        fc.oneof(fc.integer({ min: 0, max: 16 }), short),
        fc.integer({ min: 0, max: 40 }),
        fc.uint8Array({ maxLength: 32 }),
      ),
      { maxLength: 6 },
    ),
  )
  .map(([type, flags, pieces]) => {
    const body = Buffer.concat(
      pieces.map(([number, length, value]) => {
        const head = Buffer.alloc(4);
        head.writeUInt16BE(number, 0);
        head.writeUInt16BE(length, 2);
        return Buffer.concat([head, value]);
      }),
    );
    const head = Buffer.from([type, flags, 0, 0]);
    head.writeUInt16BE(body.length + 4, 2);
    return Buffer.concat([head, body]);
  });
