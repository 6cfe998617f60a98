/**
 * SCTP sockets (RFC 6458) of the running kernel, which Node.js has none of, by calls of the C library. Nothing here
 * waits: what cannot be done at once is told so, and asked again later.
 */
import {
  boundSocket,
  call,
  errors,
  failure,
  lastError,
  messageFlags,
  options,
  type SocketAddress,
  setOption,
  socketAddress,
  sockets,
} from './libc.js';

const longestMessage = 65536;

/** One association, from connecting to its end. */
export class Association {
  readonly #buffer = Buffer.alloc(longestMessage);
  #state: 'connecting' | 'open' | 'over' = 'connecting';

  private constructor(private readonly socket: number) {}

  /**
   * Begins to connect.
   * @param local addresses of this host, all of which the association is to use
   * @param protocol payload protocol identifier of all messages (RFC 9260, section 3.3.1)
   * @throws HarnessError `lab-broken` when the kernel refuses
   */
  static connect(local: readonly string[], remote: SocketAddress, protocol: number): Association {
    const socket = boundSocket(sockets.oneToOne, local, 0);
    // struct sctp_sndrcvinfo: stream, ssn, flags (2 bytes each, then 2 of padding), ppid and five more of 4 bytes.
    const sending = Buffer.alloc(32);
    sending.writeUInt32BE(protocol, 8);
    setOption(socket, options.defaultSendParameters, sending);
    setOption(socket, options.noDelay, Buffer.from([1, 0, 0, 0]));
    const target = socketAddress(remote);
    if (call.connect(socket, target, target.length) < 0 && lastError() !== errors.inProgress) throw failure('connect');
    return new Association(socket);
  }

  /** `over` once the peer or the kernel has ended it, or it never came to be. */
  get state(): 'connecting' | 'open' | 'over' {
    if (this.#state === 'connecting') {
      const { writable, failed } = ready(this.socket);
      if (failed) this.close();
      else if (writable) this.#state = 'open';
    }
    return this.#state;
  }

  /** @returns whether the kernel took it; it does not while its buffer is full, nor once the association is over */
  send(message: Buffer): boolean {
    if (this.state !== 'open') return false;
    if (call.send(this.socket, message, message.length, messageFlags.dontWait | messageFlags.noSignal) >= 0)
      return true;
    if (lastError() !== errors.again) this.close();
    return false;
  }

  /** @returns the next message that has arrived, a copy; undefined when there is none */
  receive(): Buffer | undefined {
    if (this.state !== 'open') return undefined;
    const length = Number(call.recv(this.socket, this.#buffer, longestMessage, messageFlags.dontWait));
    if (length > 0) return Buffer.from(this.#buffer.subarray(0, length));
    if (length === 0 || lastError() !== errors.again) this.close();
    return undefined;
  }

  close(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    call.close(this.socket);
  }
}

/**
 * Opens a port that accepts every association and never answers on it.
 * @throws HarnessError `lab-broken` when the kernel refuses
 */
export function listenInSilence(local: readonly string[], port: number): void {
  // Of one-to-many sockets the kernel itself accepts associations, without limit.
  const socket = boundSocket(sockets.oneToMany, local, port);
  if (call.listen(socket, 1) < 0) throw failure('listen');
}

function ready(socket: number): { writable: boolean; failed: boolean } {
  const [writable, failed] = [0x4, 0x8 | 0x10 | 0x20];
  // struct pollfd
  const asked = Buffer.alloc(8);
  asked.writeInt32LE(socket, 0);
  asked.writeInt16LE(writable, 4);
  call.poll(asked, 1, 0);
  const seen = asked.readInt16LE(6);
  return { writable: (seen & writable) !== 0, failed: (seen & failed) !== 0 };
}
