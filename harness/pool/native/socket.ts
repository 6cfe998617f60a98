/**
 * SCTP sockets (RFC 6458) that tell what happens to them: one-to-one, with one association, and one-to-many, with any
 * number. All addresses of both sides are used. Nothing here waits.
 */
import {
  addressOf,
  boundSocket,
  call,
  errors,
  failure,
  lastError,
  memory,
  options,
  portOf,
  type SocketAddress,
  sctp,
  setOption,
  socketAddress,
  sockets,
} from './libc.js';
import { longestMessage, type Reception, received, receiveMessage, sendMessage } from './message-call.js';
import { type Notification, readNotification, subscription } from './notification.js';
import { Readiness } from './readiness.js';

export type { SocketAddress } from './libc.js';

export interface Received {
  readonly association: number;
  readonly stream: number;
  /** Payload protocol identifier (RFC 9260, section 3.3.1). */
  readonly protocol: number;
  readonly from: SocketAddress | undefined;
  readonly bytes: Buffer;
}

/** What a socket's owner is told. */
export interface SocketEvents {
  message(message: Received): void;
  /** An association came up, was lost, is being closed by the peer, or could not deliver a message. */
  changed(notification: Exclude<Notification, { kind: 'other' }>): void;
  /** There is room again after a message was not taken. */
  drained?(): void;
}

export interface SocketOptions {
  readonly kind: 'oneToOne' | 'oneToMany';
  /** Of this host; all of them are bound. */
  readonly local: readonly string[];
  /** 0 for one that the kernel chooses. @defaultValue 0 */
  readonly port?: number;
  /** Whether peers may connect; of one-to-many sockets only. */
  readonly listening?: boolean;
}

/** Other sockets and timers have their turn after so many messages. */
const mostInARow = 256;
const [socketLevel, lingerOption] = [1, 13];
let readiness: Readiness | undefined;

export class SctpSocket {
  readonly port: number;
  readonly #socket: number;
  readonly #isOneToOne: boolean;
  readonly #readiness: Readiness;
  /** Parts of messages that are longer than the kernel holds at once. */
  readonly #parts = new Map<string, Buffer[]>();
  /** Of a one-to-one socket, once it connects. */
  #only = 0;
  #wasUp = false;
  #closed = false;

  /** @throws HarnessError `lab-broken` when the kernel refuses */
  constructor(
    { kind, local, port = 0, listening = false }: SocketOptions,
    private readonly events: SocketEvents,
  ) {
    this.#isOneToOne = kind === 'oneToOne';
    this.#socket = boundSocket(sockets[kind], local, port);
    this.port = portOf(this.#socket);
    setOption(this.#socket, options.noDelay, word(1));
    setOption(this.#socket, options.events, subscription);
    setOption(this.#socket, options.receiveInformation, word(1));
    if (listening && call.listen(this.#socket, 1) < 0) throw failure('listen');
    readiness ??= new Readiness();
    this.#readiness = readiness;
    // Before it connects a one-to-one socket has nothing to say, and says so all the time.
    if (!this.#isOneToOne) this.#watch();
  }

  /**
   * Begins to connect to all addresses of a peer; what comes of it is told as `up` or `over`.
   * @returns the association
   * @throws HarnessError `lab-broken` when the kernel refuses
   */
  connect(addresses: readonly string[], port: number): number {
    const remote = memory(16 * addresses.length);
    for (const [at, address] of addresses.entries()) socketAddress({ address, port }).copy(remote, 16 * at);
    // struct sctp_getaddrs_old: association, length and address of the addresses.
    const [asked, length] = [memory(16), Buffer.alloc(4)];
    asked.writeInt32LE(remote.length, 4);
    asked.writeBigUInt64LE(addressOf(remote), 8);
    length.writeUInt32LE(asked.length);
    const result = call.getsockopt(this.#socket, sctp, options.connectToAll, asked, length);
    if (result < 0 && lastError() !== errors.inProgress) throw failure(`connect to ${addresses[0]}`);
    const association = asked.readInt32LE(0);
    if (this.#isOneToOne) {
      this.#only = association;
      this.#watch();
    }
    return association;
  }

  /** @returns the association that a one-to-many socket has with a peer already; undefined when it has none */
  associationWith({ address, port }: SocketAddress): number | undefined {
    // struct sctp_paddrinfo: association, address (128 bytes), and five words about the path.
    const [asked, length] = [memory(152), Buffer.alloc(4)];
    socketAddress({ address, port }).copy(asked, 4);
    length.writeUInt32LE(asked.length);
    const result = call.getsockopt(this.#socket, sctp, options.peerAddress, asked, length);
    return result < 0 ? undefined : asked.readInt32LE(0);
  }

  /**
   * @returns whether the kernel took it; it does not while its buffer is full, which ends with `drained`, nor once the
   *   association is over
   */
  send(association: number, bytes: Buffer, protocol: number, stream = 0): boolean {
    if (this.#closed) return false;
    if (sendMessage(this.#socket, association, bytes, { protocol, stream }) >= 0) return true;
    if (lastError() === errors.again) this.#readiness.awaitRoom(this.#socket, true);
    return false;
  }

  /** Ends an association of a one-to-many socket: after all that was sent has arrived, or at once. */
  end(association: number, how: 'end' | 'abort'): void {
    if (!this.#closed) sendMessage(this.#socket, association, Buffer.alloc(0), { last: how });
  }

  /** Closes all its associations; the kernel sees to it that what was sent arrives. Nothing is told any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#readiness.forget(this.#socket);
    call.close(this.#socket);
  }

  /** Ends its only association at once. */
  abort(): void {
    if (this.#closed) return;
    // A close that lingers for no time at all (RFC 6458, section 8.1.4).
    call.setsockopt(this.#socket, socketLevel, lingerOption, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), 8);
    this.close();
  }

  #watch(): void {
    this.#readiness.watch(this.#socket, { readable: () => this.#read(), writable: () => this.#hasRoom() });
  }

  #read(): void {
    for (let count = 0; count < mostInARow && !this.#closed; count += 1) {
      const reception = receiveMessage(this.#socket);
      if (!reception && lastError() === errors.again) return;
      // Nothing at all is the end of a one-to-one socket.
      if (reception && (reception.length > 0 || !this.#isOneToOne)) this.#take(reception);
      else if (this.#isOneToOne) this.#fail();
      else return;
    }
  }

  /** Errors come once, and before what they are about is told; a connection that is over says nothing more. */
  #fail(): void {
    if (this.#closed) return;
    const association = this.#only;
    this.close();
    this.events.changed({ kind: 'over', association, how: this.#wasUp ? 'lost' : 'refused' });
  }

  #take(reception: Reception): void {
    const bytes = this.#whole(reception);
    if (!bytes) return;
    if (!reception.isNotification) {
      const { association, stream, protocol, from } = reception;
      this.events.message({ association, stream, protocol, from, bytes });
      return;
    }
    const notification = readNotification(bytes);
    if (notification.kind === 'other') return;
    if (notification.kind === 'up') this.#wasUp = true;
    if (this.#isOneToOne && notification.kind === 'over') this.close();
    this.events.changed(notification);
  }

  /** @returns a copy of the message that a part ends; undefined while there is more of it */
  #whole({ length, isWhole, isNotification, association, stream }: Reception): Buffer | undefined {
    const part = Buffer.from(received.subarray(0, length));
    const key = `${isNotification} ${association} ${stream}`;
    const before = this.#parts.get(key) ?? [];
    if (isWhole) {
      if (before.length === 0) return part;
      this.#parts.delete(key);
      return Buffer.concat([...before, part]);
    }
    const known = before.reduce((sum, each) => sum + each.length, 0);
    // No message of ours is as long; what somebody sends without end is not kept.
    this.#parts.set(key, known + length > longestMessage ? before : [...before, part]);
    return undefined;
  }

  #hasRoom(): void {
    this.#readiness.awaitRoom(this.#socket, false);
    this.events.drained?.();
  }
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
