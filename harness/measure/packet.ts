/**
 * What is seen on the wire, typed: packets, the chunks they carry (one packet may carry several), and the messages of
 * ASAP (RFC 5352), ENRP (RFC 5353) and CalcApp in them. Times are seconds since the run began, as the hosts had them:
 * when a packet left its sender and when it reached its receiver, wherever the capture was taken.
 */

/** By message type number (RFC 5354). */
export const asapTypes = {
  1: 'registration',
  2: 'deregistration',
  3: 'registrationResponse',
  4: 'deregistrationResponse',
  5: 'handleResolution',
  6: 'handleResolutionResponse',
  7: 'endpointKeepAlive',
  8: 'endpointKeepAliveAck',
  9: 'endpointUnreachable',
  10: 'serverAnnounce',
  11: 'cookie',
  12: 'cookieEcho',
  13: 'businessCard',
  14: 'error',
} as const;
export type AsapType = (typeof asapTypes)[keyof typeof asapTypes] | 'other';

/** By message type number (RFC 5354). */
export const enrpTypes = {
  1: 'presence',
  2: 'handleTableRequest',
  3: 'handleTableResponse',
  4: 'handleUpdate',
  5: 'listRequest',
  6: 'listResponse',
  7: 'initTakeover',
  8: 'initTakeoverAck',
  9: 'takeoverServer',
  10: 'error',
} as const;
export type EnrpType = (typeof enrpTypes)[keyof typeof enrpTypes] | 'other';

export const calcAppTypes = {
  1: 'request',
  2: 'accept',
  3: 'reject',
  4: 'abort',
  5: 'complete',
  6: 'keepAlive',
  7: 'keepAliveAck',
} as const;
export type CalcAppType = (typeof calcAppTypes)[keyof typeof calcAppTypes] | 'other';

/** By SCTP chunk type number (RFC 9260); what is not listed is `other`. */
export const chunkTypes = {
  0: 'data',
  1: 'init',
  2: 'initAck',
  3: 'sack',
  4: 'heartbeat',
  5: 'heartbeatAck',
  6: 'abort',
  7: 'shutdown',
  8: 'shutdownAck',
  9: 'error',
  10: 'cookieEcho',
  11: 'cookieAck',
  14: 'shutdownComplete',
} as const;
export type ControlKind = Exclude<(typeof chunkTypes)[keyof typeof chunkTypes], 'data'> | 'other';

export interface Endpoint {
  /** Null when the address is nobody's, e.g. a multicast group. */
  readonly host: string | null;
  readonly address: string;
  readonly port: number;
}

interface Carried {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** The association that carried it; null for a datagram. */
  readonly association: string | null;
  /** First put on the wire. */
  readonly sentAt: number;
  /**
   * When the receiver has it. Moves when a copy had been lost and a retransmission brings it, so keep the message
   * rather than this time until the capture has been read.
   */
  receivedAt: number;
  /** How often it was sent; more than 1 after retransmissions. */
  copies: number;
}

export interface AsapMessage extends Carried {
  readonly protocol: 'asap';
  readonly type: AsapType;
  /** Identifiers of the pool elements it is about, in its order. */
  readonly elements: readonly string[];
  /** State cookie in hexadecimal, of `cookie` and `cookieEcho`. */
  readonly cookie: string | null;
  /** Bytes of the message. */
  readonly length: number;
}

export interface CalcAppMessage extends Carried {
  readonly protocol: 'calcApp';
  readonly type: CalcAppType;
  readonly job: number;
  /** Calculations; RSPLIB says 0 except in `request` and `complete`. */
  readonly size: number;
  readonly completed: number;
}

export interface EnrpMessage extends Carried {
  readonly protocol: 'enrp';
  readonly type: EnrpType;
  /** Identifier of the registrar that sent it. */
  readonly sender: string;
  /** Identifier of the registrar that a takeover is about; null of other messages. */
  readonly target: string | null;
  /** Whether it is a handle update that removes its element. */
  readonly removes: boolean;
  /** Identifiers of the pool elements that an update or a handle table holds. */
  readonly elements: readonly string[];
}

export type Message = AsapMessage | CalcAppMessage | EnrpMessage;

export interface DataChunk {
  readonly kind: 'data';
  /** Null for a datagram. */
  readonly tsn: number | null;
  /** Null for a fragment that completes no message, and for a protocol that is none of ours. */
  readonly message: Message | null;
  /** A copy of a chunk seen before; until that is acknowledged, `message` is the one seen first. */
  readonly retransmission: boolean;
}

export interface ControlChunk {
  readonly kind: ControlKind;
  /**
   * What it says of TSNs: `init` and `initAck` the first that its sender will use, `sack` and `shutdown` the last up to
   * which its sender has got all. Null of other chunks, and where the capture does not have it.
   */
  readonly tsn: number | null;
}

export type Chunk = DataChunk | ControlChunk;

export interface Packet {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The network it was seen on; null when its addresses belong to none. */
  readonly network: string | null;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly transport: 'sctp' | 'udp' | 'icmp';
  /** Names one life of one SCTP association; null for the other transports. */
  readonly association: string | null;
  readonly chunks: readonly Chunk[];
  /** Bytes of the whole frame. */
  readonly length: number;
  /** The capture has only the frame's first bytes: what it carries is not known, and its messages are left out. */
  readonly sliced: boolean;
}

/** State cookie of a CalcApp session: job id (4 bytes), its size and what is completed (8 bytes each). */
export interface CalcAppCookie {
  readonly job: number;
  readonly size: number;
  readonly completed: number;
}

/** @returns null when it is no cookie of CalcApp's */
export function readCookie(hex: string | null): CalcAppCookie | null {
  if (hex === null || !/^[0-9a-f]{40}$/.test(hex)) return null;
  const at = (from: number, to: number) => Number.parseInt(hex.slice(from, to), 16);
  return { job: at(0, 8), size: at(8, 24), completed: at(24, 40) };
}
