/** Messages of ASAP (RFC 5352, section 2.2) as bytes and as data: a header, in some an identifier, then parameters. */
import { type Parameter, read, write } from './parameter.js';
import { Reader, Writer } from './tlv.js';

export { find, type Parameter, type ParameterOf } from './parameter.js';

/** Where registrars listen, the payload protocol identifier of ASAP, and the group they announce themselves to. */
export const asap = { port: 3863, payloadProtocol: 11, group: '239.0.0.50' } as const;

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
  serverAnnounce: 0x0a,
  cookie: 0x0b,
  cookieEcho: 0x0c,
  businessCard: 0x0d,
  error: 0x0e,
} as const;
export type AsapType = (typeof asapTypes)[keyof typeof asapTypes];

export const asapFlags = {
  /** Of a registration response (section 2.2.3): refused. */
  reject: 0x01,
  /** Of an endpoint keep-alive (section 2.2.7): who sends it is the element's home from now on. */
  home: 0x01,
} as const;

export interface AsapMessage {
  /** One of {@link asapTypes}, or another octet. */
  readonly type: number;
  readonly flags: number;
  /** Of an endpoint keep-alive (section 2.2.7) and of a server announce (2.2.10) the registrar's identifier. */
  readonly registrar: number | null;
  readonly parameters: readonly Parameter[];
}

const namesRegistrar = (type: number): boolean =>
  type === asapTypes.endpointKeepAlive || type === asapTypes.serverAnnounce;

/** @throws HarnessError `bad-input` for a message longer than its length field can say */
export function encode({ type, flags, registrar, parameters }: AsapMessage): Buffer {
  const writer = new Writer();
  return writer.message(type, flags, () => {
    if (registrar !== null) writer.word(registrar);
    write(parameters, writer);
  });
}

/** @throws HarnessError `bad-input` for bytes that are no message: too short, or with lengths that do not fit */
export function decode(bytes: Buffer): AsapMessage {
  const { type, flags, body } = Reader.ofMessage('ASAP', bytes);
  const registrar = namesRegistrar(type) ? body.word() : null;
  return { type, flags, registrar, parameters: read(body) };
}
