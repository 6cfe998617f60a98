/** What messages take on the wire, bytes, over IPv4 and with nothing else in their packets. */
import { frameSamples } from './media.js';

const ipv4 = 20;
const udp = 8;
const rtp = 12;
/** Common header and the header of a DATA chunk (RFC 9260, sections 3.1 and 3.3.1). */
const sctp = 12 + 16;
/** The header of an ASAP message, and that of its cookie parameter (RFC 5352, section 2.2.11). */
const asap = 4 + 4;
const mtu = 1500;

/** A frame of the stream. */
export const frameOnWire = ipv4 + udp + rtp + frameSamples;

/** A message that carries a cookie or an echo of so many bytes: large ones are split. SACKs are not counted. */
export function cookieOnWire(length: number): number {
  const message = asap + Math.ceil(length / 4) * 4;
  const packets = Math.ceil(message / (mtu - ipv4 - sctp));
  return message + packets * (ipv4 + sctp);
}
