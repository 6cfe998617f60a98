/**
 * Messages of ENRP (RFC 5353, section 2) as bytes and as data: a header, the identifiers of sender and receiver, in
 * some a fixed part more, then parameters.
 */
import { type Parameter, read, write } from './parameter.js';
import { Reader, Writer } from './tlv.js';

/** Where registrars listen, the payload protocol identifier of ENRP, and the group they announce themselves to. */
export const enrp = { port: 9901, payloadProtocol: 12, group: '239.0.0.51' } as const;

export const enrpTypes = {
  presence: 0x01,
  handleTableRequest: 0x02,
  handleTableResponse: 0x03,
  handleUpdate: 0x04,
  listRequest: 0x05,
  listResponse: 0x06,
  initTakeover: 0x07,
  initTakeoverAck: 0x08,
  takeoverServer: 0x09,
  error: 0x0a,
} as const;
export type EnrpType = (typeof enrpTypes)[keyof typeof enrpTypes];

export const enrpFlags = {
  /** Of a presence (section 2.1): the peer is asked for its own. */
  replyRequired: 0x01,
  /** Of a handle table request (2.2): only elements whose home the peer is. */
  ownChildrenOnly: 0x01,
  /** Of a handle table response (2.3) and of a list response (2.6). */
  reject: 0x01,
  /** Of a handle table response: there is more. */
  moreToSend: 0x02,
  /** Of a handle update: RSPLIB's own, who hears it may take the element over. */
  takeoverSuggested: 0x01,
} as const;

/** What a handle update does (section 2.4). */
export const updateActions = { add: 0, delete: 1 } as const;

export interface EnrpMessage {
  /** One of {@link enrpTypes}, or another octet. */
  readonly type: number;
  readonly flags: number;
  readonly sender: number;
  /** 0: nobody in particular. */
  readonly receiver: number;
  /** Of the three messages about a takeover (sections 2.7 to 2.9): who is taken over. */
  readonly target: number | null;
  /** Of a handle update: one of {@link updateActions}, or another number. */
  readonly action: number | null;
  readonly parameters: readonly Parameter[];
}

const namesTarget = (type: number): boolean => type >= enrpTypes.initTakeover && type <= enrpTypes.takeoverServer;

/** @throws HarnessError `bad-input` for a message longer than its length field can say */
export function encodeEnrp({ type, flags, sender, receiver, target, action, parameters }: EnrpMessage): Buffer {
  const writer = new Writer();
  return writer.message(type, flags, () => {
    writer.word(sender);
    writer.word(receiver);
    if (target !== null) writer.word(target);
    if (action !== null) writer.word(action * 2 ** 16);
    write(parameters, writer);
  });
}

/** @throws HarnessError `bad-input` for bytes that are no message: too short, or with lengths that do not fit */
export function decodeEnrp(bytes: Buffer): EnrpMessage {
  const { type, flags, body } = Reader.ofMessage('ENRP', bytes);
  const [sender, receiver] = [body.word(), body.word()];
  const target = namesTarget(type) ? body.word() : null;
  // Its second half is reserved.
  const action = type === enrpTypes.handleUpdate ? body.word() >>> 16 : null;
  return { type, flags, sender, receiver, target, action, parameters: read(body) };
}
