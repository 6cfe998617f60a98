/**
 * Messages of ASAP (RFC 5352) as bytes and as data: a header, then parameters in type-length-value form (RFC 5354).
 * Parameters nest; what is not known here keeps its bytes, so that every message survives decoding and encoding.
 */
import { badInput } from '../../base/errors.js';

/** Message types (RFC 5352, section 2.2). */
export const asapTypes = {
  registration: 0x01,
  deregistration: 0x02,
  registrationResponse: 0x03,
  deregistrationResponse: 0x04,
  handleResolution: 0x05,
  handleResolutionResponse: 0x06,
  endpointKeepAlive: 0x07,
  endpointKeepAliveAck: 0x08,
  endpointUnreachable: 0x09,
} as const;
export type AsapType = (typeof asapTypes)[keyof typeof asapTypes];

export interface AsapMessage {
  /** One of {@link asapTypes}, or another octet. */
  readonly type: number;
  readonly flags: number;
  /** Fixed part between header and parameters: of an endpoint keep-alive the registrar's identifier (section 2.2.7). */
  readonly registrar: number | null;
  readonly parameters: readonly Parameter[];
}

export type Parameter =
  /** Section 3.9 of RFC 5354, as all the following. The handle is text here, as RSPLIB's are. */
  | { readonly kind: 'poolHandle'; readonly handle: string }
  /** Section 3.14. */
  | { readonly kind: 'elementIdentifier'; readonly identifier: number }
  /** Section 3.10; its parameters are the user transport, the policy and, if given, the ASAP transport. */
  | {
      readonly kind: 'poolElement';
      readonly identifier: number;
      readonly registrar: number;
      /** RSPLIB counts milliseconds. */
      readonly registrationLife: number;
      readonly parameters: readonly Parameter[];
    }
  /** Section 3.4; its parameters are addresses. */
  | {
      readonly kind: 'sctpTransport';
      readonly port: number;
      /** 0: data only, 1: data and control channel. */
      readonly use: number;
      readonly parameters: readonly Parameter[];
    }
  /** Section 3.1. */
  | { readonly kind: 'ipv4Address'; readonly address: string }
  /** Section 3.8, with the policies of RFC 5356: a number, then its values, the load first where it has one. */
  | { readonly kind: 'policy'; readonly policy: number; readonly values: readonly number[] }
  /** Section 3.12; its causes are kept as they are. */
  | { readonly kind: 'error'; readonly causes: string }
  /** How many elements a handle resolution asks for: RSPLIB's own parameter. */
  | { readonly kind: 'items'; readonly items: number }
  | { readonly kind: 'other'; readonly number: number; readonly bytes: string };

export type ParameterOf<K extends Parameter['kind']> = Extract<Parameter, { kind: K }>;

const numbers = {
  ipv4Address: 0x1,
  sctpTransport: 0x4,
  policy: 0x8,
  poolHandle: 0x9,
  poolElement: 0xa,
  error: 0xc,
  elementIdentifier: 0xe,
  items: 0x803f,
} as const;

const kinds = new Map<number, keyof typeof numbers>(
  (Object.keys(numbers) as (keyof typeof numbers)[]).map((kind) => [numbers[kind], kind]),
);

/** @throws HarnessError `bad-input` for a message longer than its length field can say */
export function encode({ type, flags, registrar, parameters }: AsapMessage): Buffer {
  const fixed = registrar === null ? [] : [words(registrar)];
  const body = Buffer.concat([...fixed, encodeAll(parameters)]);
  return Buffer.concat([Buffer.from([type, flags]), lengthOf(body), body]);
}

/** @throws HarnessError `bad-input` for bytes that are no message: too short, or with lengths that do not fit */
export function decode(bytes: Buffer): AsapMessage {
  if (bytes.length < 4 || bytes.readUInt16BE(2) > bytes.length || bytes.readUInt16BE(2) < 4)
    throw badInput(`ASAP message: expected at least its own length, got ${bytes.length} bytes`);
  const type = bytes[0]!;
  const body = bytes.subarray(4, bytes.readUInt16BE(2));
  const isKeepAlive = type === asapTypes.endpointKeepAlive;
  if (isKeepAlive && body.length < 4) throw badInput('ASAP endpoint keep-alive: expected an identifier, got none');
  return {
    type,
    flags: bytes[1]!,
    registrar: isKeepAlive ? body.readUInt32BE(0) : null,
    parameters: decodeAll(isKeepAlive ? body.subarray(4) : body),
  };
}

/** The first parameter of a kind. */
export const find = <K extends Parameter['kind']>(
  { parameters }: { readonly parameters: readonly Parameter[] },
  kind: K,
): ParameterOf<K> | undefined => parameters.find((it): it is ParameterOf<K> => it.kind === kind);

function encodeAll(parameters: readonly Parameter[]): Buffer {
  return Buffer.concat(
    parameters.map((parameter) => {
      const value = bytesOf(parameter);
      const number = parameter.kind === 'other' ? parameter.number : numbers[parameter.kind];
      const head = Buffer.alloc(2);
      head.writeUInt16BE(number);
      // The length says where the value ends; the next parameter begins at a multiple of four (RFC 5354, section 3).
      return Buffer.concat([head, lengthOf(value), value, Buffer.alloc(padding(value.length))]);
    }),
  );
}

function bytesOf(parameter: Parameter): Buffer {
  switch (parameter.kind) {
    case 'poolHandle':
      return Buffer.from(parameter.handle);
    case 'elementIdentifier':
      return words(parameter.identifier);
    case 'poolElement': {
      const { identifier, registrar, registrationLife, parameters } = parameter;
      return Buffer.concat([words(identifier, registrar, registrationLife), encodeAll(parameters)]);
    }
    case 'sctpTransport':
      return Buffer.concat([words(parameter.port * 2 ** 16 + parameter.use), encodeAll(parameter.parameters)]);
    case 'ipv4Address':
      return Buffer.from(parameter.address.split('.').map(Number));
    case 'policy':
      return words(parameter.policy, ...parameter.values);
    case 'error':
      return Buffer.from(parameter.causes, 'hex');
    case 'items':
      return words(parameter.items);
    case 'other':
      return Buffer.from(parameter.bytes, 'hex');
  }
}

function decodeAll(bytes: Buffer): Parameter[] {
  const parameters: Parameter[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.length - at < 4 ? 0 : bytes.readUInt16BE(at + 2);
    if (length < 4 || at + length > bytes.length)
      throw badInput(`ASAP parameter: expected a length within its message, got ${length} at byte ${at}`);
    parameters.push(parameterOf(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + length)));
    at += length + padding(length);
  }
  return parameters;
}

function parameterOf(number: number, value: Buffer): Parameter {
  const kind = kinds.get(number);
  switch (kind) {
    case 'poolHandle':
      return { kind, handle: value.toString() };
    case 'elementIdentifier':
      return { kind, identifier: word(value, 0) };
    case 'poolElement':
      return {
        kind,
        identifier: word(value, 0),
        registrar: word(value, 1),
        registrationLife: word(value, 2),
        parameters: decodeAll(value.subarray(12)),
      };
    case 'sctpTransport':
      return {
        kind,
        port: Math.floor(word(value, 0) / 2 ** 16),
        use: word(value, 0) % 2 ** 16,
        parameters: decodeAll(value.subarray(4)),
      };
    case 'ipv4Address':
      word(value, 0);
      return { kind, address: [...value].join('.') };
    case 'policy':
      return {
        kind,
        policy: word(value, 0),
        values: Array.from({ length: value.length / 4 - 1 }, (_, at) => word(value, at + 1)),
      };
    case 'error':
      return { kind, causes: value.toString('hex') };
    case 'items':
      return { kind, items: word(value, 0) };
    case undefined:
      return { kind: 'other', number, bytes: value.toString('hex') };
  }
}

function lengthOf(value: Buffer): Buffer {
  const length = value.length + 4;
  if (length > 0xffff) throw badInput(`ASAP: expected at most 65535 bytes, got ${length}`);
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(length);
  return bytes;
}

const padding = (length: number): number => (4 - (length % 4)) % 4;

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
}

function word(bytes: Buffer, index: number): number {
  if (bytes.length < 4 * index + 4)
    throw badInput(`ASAP parameter: expected ${index + 1} words, got ${bytes.length} bytes`);
  return bytes.readUInt32BE(4 * index);
}
