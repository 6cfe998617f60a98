/**
 * Parameters of ASAP and ENRP (RFC 5354, section 3) as data. They nest; what is not known here keeps its bytes, so that
 * every message survives decoding and encoding.
 */
import { badInput } from '../../base/errors.js';
import { type Cause, readCauses, writeCauses } from './cause.js';
import { addressOf, octetsOf } from './ipv6.js';
import type { Reader, Writer } from './tlv.js';

interface Transport {
  readonly port: number;
  /** 0: data only, 1: data and control channel (SCTP, TCP); reserved where there is no such thing. */
  readonly use: number;
  /** Addresses. */
  readonly parameters: readonly Parameter[];
}

export type Parameter =
  /** Sections 3.1 and 3.2. */
  | { readonly kind: 'ipv4Address'; readonly address: string }
  | { readonly kind: 'ipv6Address'; readonly address: string }
  /** Sections 3.3 to 3.7. */
  | ({ readonly kind: 'dccpTransport'; readonly service: number } & Transport)
  | ({ readonly kind: 'sctpTransport' } & Transport)
  | ({ readonly kind: 'tcpTransport' } & Transport)
  | ({ readonly kind: 'udpTransport' } & Transport)
  | ({ readonly kind: 'udpLiteTransport' } & Transport)
  /** Section 3.8, with the policies of RFC 5356: a number, then its values. `policy.ts` says what they mean. */
  | { readonly kind: 'policy'; readonly policy: number; readonly values: readonly number[] }
  /** Section 3.9. The handle is text here, as RSPLIB's are; one that is none is an `other`. */
  | { readonly kind: 'poolHandle'; readonly handle: string }
  /** Section 3.10; its parameters are the user transport, the policy and, if given, the ASAP transport. */
  | {
      readonly kind: 'poolElement';
      readonly identifier: number;
      readonly registrar: number;
      /** RSPLIB counts milliseconds. */
      readonly registrationLife: number;
      readonly parameters: readonly Parameter[];
    }
  /** Section 3.11; its parameters are transports. */
  | { readonly kind: 'serverInformation'; readonly registrar: number; readonly parameters: readonly Parameter[] }
  /** Section 3.12. */
  | { readonly kind: 'error'; readonly causes: readonly Cause[] }
  /** Section 3.13; bytes as hexadecimal digits. */
  | { readonly kind: 'cookie'; readonly bytes: string }
  /** Section 3.14. */
  | { readonly kind: 'elementIdentifier'; readonly identifier: number }
  /** Section 3.15: 16 bits. */
  | { readonly kind: 'checksum'; readonly checksum: number }
  /** How many elements a handle resolution asks for, 0xffffffff for all: RSPLIB's own parameter. */
  | { readonly kind: 'items'; readonly items: number }
  | { readonly kind: 'other'; readonly number: number; readonly bytes: string };

export type ParameterOf<K extends Parameter['kind']> = Extract<Parameter, { kind: K }>;

const numbers = {
  ipv4Address: 0x1,
  ipv6Address: 0x2,
  dccpTransport: 0x3,
  sctpTransport: 0x4,
  tcpTransport: 0x5,
  udpTransport: 0x6,
  udpLiteTransport: 0x7,
  policy: 0x8,
  poolHandle: 0x9,
  poolElement: 0xa,
  serverInformation: 0xb,
  error: 0xc,
  cookie: 0xd,
  elementIdentifier: 0xe,
  checksum: 0xf,
  items: 0x803f,
} as const;

const kinds = new Map<number, keyof typeof numbers>(
  (Object.keys(numbers) as (keyof typeof numbers)[]).map((kind) => [numbers[kind], kind]),
);

/** Deeper than any message nests, and far from what a stack holds. */
const deepest = 16;

/** The first parameter of a kind. */
export const find = <K extends Parameter['kind']>(
  { parameters }: { readonly parameters: readonly Parameter[] },
  kind: K,
): ParameterOf<K> | undefined => parameters.find((it): it is ParameterOf<K> => it.kind === kind);

type TransportParameter = Extract<Parameter, Transport>;

export const isTransport = (it: Parameter): it is TransportParameter => it.kind.endsWith('Transport');

export function write(parameters: readonly Parameter[], to: Writer): void {
  for (const parameter of parameters) {
    const number = parameter.kind === 'other' ? parameter.number : numbers[parameter.kind];
    to.parameter(number, () => writeValue(parameter, to));
  }
}

function writeValue(parameter: Parameter, to: Writer): void {
  switch (parameter.kind) {
    case 'ipv4Address':
      for (const octet of parameter.address.split('.')) to.octet(Number(octet));
      break;
    case 'ipv6Address':
      for (const octet of octetsOf(parameter.address)) to.octet(octet);
      break;
    case 'dccpTransport':
    case 'sctpTransport':
    case 'tcpTransport':
    case 'udpTransport':
    case 'udpLiteTransport':
      to.short(parameter.port);
      to.short(parameter.use);
      if (parameter.kind === 'dccpTransport') to.word(parameter.service);
      write(parameter.parameters, to);
      break;
    case 'policy':
      to.word(parameter.policy);
      for (const value of parameter.values) to.word(value);
      break;
    case 'poolHandle':
      to.text(parameter.handle, 'utf8');
      break;
    case 'poolElement':
      to.word(parameter.identifier);
      to.word(parameter.registrar);
      to.word(parameter.registrationLife);
      write(parameter.parameters, to);
      break;
    case 'serverInformation':
      to.word(parameter.registrar);
      write(parameter.parameters, to);
      break;
    case 'error':
      writeCauses(parameter.causes, to);
      break;
    case 'elementIdentifier':
      to.word(parameter.identifier);
      break;
    case 'checksum':
      to.short(parameter.checksum);
      break;
    case 'items':
      to.word(parameter.items);
      break;
    case 'cookie':
    case 'other':
      to.text(parameter.bytes, 'hex');
  }
}

/** @throws HarnessError `bad-input` for bytes that are no parameters */
export function read(from: Reader, depth = 0): Parameter[] {
  if (depth > deepest) throw badInput(`RSerPool parameter: expected at most ${deepest} within each other, got more`);
  const parameters: Parameter[] = [];
  while (from.left > 0) {
    const { number, value } = from.parameter();
    parameters.push(readValue(number, value, depth + 1));
  }
  return parameters;
}

function readValue(number: number, value: Reader, depth: number): Parameter {
  const kind = kinds.get(number);
  switch (kind) {
    case 'ipv4Address':
      return { kind, address: exactly(4, value).octets().join('.') };
    case 'ipv6Address':
      return { kind, address: addressOf(exactly(16, value).octets()) };
    case 'dccpTransport': {
      const [port, use, service] = [value.short(), value.short(), value.word()];
      return { kind, port, use, service, parameters: read(value, depth) };
    }
    case 'sctpTransport':
    case 'tcpTransport':
    case 'udpTransport':
    case 'udpLiteTransport':
      return { kind, port: value.short(), use: value.short(), parameters: read(value, depth) };
    case 'policy':
      return {
        kind,
        policy: value.word(),
        values: Array.from({ length: Math.ceil(value.left / 4) }, () => value.word()),
      };
    case 'poolHandle':
      return readHandle(value);
    case 'poolElement': {
      const [identifier, registrar, registrationLife] = [value.word(), value.word(), value.word()];
      return { kind, identifier, registrar, registrationLife, parameters: read(value, depth) };
    }
    case 'serverInformation':
      return { kind, registrar: value.word(), parameters: read(value, depth) };
    case 'error':
      return { kind, causes: readCauses(value) };
    case 'cookie':
      return { kind, bytes: value.rest('hex') };
    case 'elementIdentifier':
      return { kind, identifier: exactly(4, value).word() };
    case 'checksum':
      return { kind, checksum: exactly(2, value).short() };
    case 'items':
      return { kind, items: exactly(4, value).word() };
    case undefined:
      return { kind: 'other', number, bytes: value.rest('hex') };
  }
}

function readHandle(value: Reader): Parameter {
  const bytes = value.again();
  const handle = value.rest('utf8');
  // What is no text is replaced by this character.
  if (handle.includes('\ufffd')) return { kind: 'other', number: numbers.poolHandle, bytes: bytes.rest('hex') };
  return { kind: 'poolHandle', handle };
}

function exactly(length: number, value: Reader): Reader {
  if (value.left !== length) throw badInput(`RSerPool parameter: expected ${length} bytes, got ${value.left}`);
  return value;
}
