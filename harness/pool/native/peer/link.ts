/** A peer's association with one of its registrars, and the next one after its end. */
import { type AsapMessage, asap, decode, encode } from '../asap.js';
import { SctpSocket } from '../socket.js';
import { heed, type PeerContext } from './process.js';

/** How long a registrar may take to come up, and to answer a question, before it is the next one's turn. */
export const registrarSeconds = 5;
/** Between two rounds through all registrars. */
const pauseSeconds = 0.2;

export interface LinkEvents {
  up(): void;
  /** It is being set up anew; what was asked will not be answered. */
  down(): void;
  heard(message: AsapMessage): void;
}

export class RegistrarLink {
  #socket: SctpSocket | null = null;
  #association = 0;
  #isUp = false;
  #turn = 0;
  #patience: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param local all addresses of this host
   * @param registrars each by its addresses, the one to turn to first in front
   */
  constructor(
    private readonly local: readonly string[],
    private readonly registrars: readonly (readonly string[])[],
    private readonly events: LinkEvents,
    private readonly context: PeerContext,
  ) {
    this.#connect();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  send(message: AsapMessage): boolean {
    return this.#isUp && this.#socket!.send(this.#association, encode(message), asap.payloadProtocol);
  }

  /** Gives up the registrar, which does not answer, and turns to the next. */
  next(): void {
    this.#lost('silent');
  }

  /** Turns to the registrar with this address, if it is one of those that are known and not the current one. */
  turnTo(address: string): void {
    const turn = this.registrars.findIndex((addresses) => addresses.includes(address));
    if (turn < 0 || turn === this.#turn) return;
    this.#lost('another registrar is its home', turn);
  }

  /** Takes leave; the kernel sees to it that what was sent arrives. */
  close(): void {
    this.#closed = true;
    this.#isUp = false;
    clearTimeout(this.#patience);
    this.#socket?.close();
  }

  get #current(): readonly string[] {
    return this.registrars[this.#turn]!;
  }

  #connect(): void {
    if (this.#closed) return;
    this.#isUp = false;
    this.#socket = new SctpSocket(
      { kind: 'oneToOne', local: this.local },
      {
        message: ({ protocol, bytes }) => {
          if (protocol === asap.payloadProtocol) heed(this.context, () => this.events.heard(decode(bytes)));
        },
        changed: (change) => {
          if (change.kind === 'up') this.#up();
          if (change.kind === 'over') this.#lost(change.how);
        },
      },
    );
    this.#patience = setTimeout(() => this.#lost('silent'), registrarSeconds * 1e3);
    this.#association = this.#socket.connect(this.#current, asap.port);
  }

  #up(): void {
    clearTimeout(this.#patience);
    this.#isUp = true;
    this.context.tell({ event: 'registrar', address: this.#current[0]! });
    this.events.up();
  }

  #lost(how: string, turn = (this.#turn + 1) % this.registrars.length): void {
    if (this.#closed) return;
    clearTimeout(this.#patience);
    this.#socket!.abort();
    if (this.#isUp) this.context.tell({ event: 'registrarLost', address: this.#current[0]!, how });
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#turn = turn;
    if (wasUp) this.events.down();
    const pause = wasUp || turn !== 0 ? 0 : pauseSeconds;
    this.#patience = setTimeout(() => this.#connect(), pause * 1e3);
  }
}
