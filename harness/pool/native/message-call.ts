/** sendmsg and recvmsg with what SCTP says beside a message: its association, stream and payload protocol. */
import { addressOf, call, memory, messageFlags, readSocketAddress, type SocketAddress, sctp } from './libc.js';

export const longestMessage = 65536;
/** struct sctp_sndinfo and struct sctp_rcvinfo, in ancillary data of this type each. */
const [sendInformation, receiveInformation] = [2, 3];
const [headBytes, sendBytes, receiveBytes] = [16, 16, 28];
/** Flags of single messages, beside those of the system: no further message, no association any more. */
const [abort, end] = [0x4, 0x200];

/** One message as it is handed over by the kernel. */
export interface Reception {
  readonly length: number;
  readonly isNotification: boolean;
  /** False of a part that another one follows. */
  readonly isWhole: boolean;
  readonly association: number;
  readonly stream: number;
  readonly protocol: number;
  readonly from: SocketAddress | undefined;
}

/** struct msghdr, always with the same memory behind it: a name, one vector, and ancillary data. */
class Head {
  readonly name = memory(128);
  readonly control = memory(128);
  readonly #vector = memory(16);
  readonly bytes = memory(56);

  constructor() {
    this.bytes.writeBigUInt64LE(addressOf(this.#vector), 16);
    this.bytes.writeBigUInt64LE(1n, 24);
    this.bytes.writeBigUInt64LE(addressOf(this.control), 32);
  }

  point(content: Buffer): void {
    this.#vector.writeBigUInt64LE(content.length === 0 ? 0n : addressOf(content), 0);
    this.#vector.writeBigUInt64LE(BigInt(content.length), 8);
  }
}

const outgoing = new Head();
const incoming = new Head();
outgoing.bytes.writeBigUInt64LE(BigInt(headBytes + sendBytes), 40);
writeHead(outgoing.control, headBytes + sendBytes, sendInformation);

/** Where messages are received; good until the next one. */
export const received = memory(longestMessage);

/** @returns less than zero, with an error, when the kernel did not take it */
export function sendMessage(
  socket: number,
  association: number,
  content: Buffer,
  { protocol = 0, stream = 0, last = false as false | 'end' | 'abort' },
): number {
  const { bytes, control } = outgoing;
  outgoing.point(content);
  control.writeUInt16LE(stream, headBytes);
  control.writeUInt16LE(last === 'end' ? end : last === 'abort' ? abort : 0, headBytes + 2);
  control.writeUInt32BE(protocol, headBytes + 4);
  control.writeUInt32LE(0, headBytes + 8);
  control.writeInt32LE(association, headBytes + 12);
  return Number(call.sendmsg(socket, bytes, messageFlags.dontWait | messageFlags.noSignal));
}

/** @returns undefined, with an error, when there is none; its content is in {@link received} */
export function receiveMessage(socket: number): Reception | undefined {
  const { bytes, name, control } = incoming;
  incoming.point(received);
  bytes.writeBigUInt64LE(addressOf(name), 0);
  bytes.writeUInt32LE(name.length, 8);
  bytes.writeBigUInt64LE(BigInt(control.length), 40);
  name.fill(0, 0, 2);
  const length = Number(call.recvmsg(socket, bytes, messageFlags.dontWait));
  if (length < 0) return undefined;
  const flags = bytes.readUInt32LE(48);
  const told =
    Number(bytes.readBigUInt64LE(40)) >= headBytes + receiveBytes && control.readInt32LE(12) === receiveInformation;
  return {
    length,
    isNotification: (flags & messageFlags.notification) !== 0,
    isWhole: (flags & messageFlags.endOfRecord) !== 0,
    stream: told ? control.readUInt16LE(headBytes) : 0,
    protocol: told ? control.readUInt32BE(headBytes + 8) : 0,
    association: told ? control.readInt32LE(headBytes + 24) : 0,
    from: readSocketAddress(name),
  };
}

/** struct cmsghdr. */
function writeHead(control: Buffer, length: number, type: number): void {
  control.writeBigUInt64LE(BigInt(length), 0);
  control.writeInt32LE(sctp, 8);
  control.writeInt32LE(type, 12);
}
