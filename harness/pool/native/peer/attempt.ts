/** One try of a user to have its request served by one element: association, request or cookie, and keep-alives. */
import { codeOf } from '../../../base/errors.js';
import type { PoolUser } from '../../../experiment/role.js';
import { type AsapMessage, asap, asapTypes, decode, encode, find } from '../asap.js';
import { calcApp, calcAppTypes, decodeCalcApp, encodeCalcApp } from '../calcapp.js';
import { type Received, SctpSocket } from '../socket.js';
import type { GivenUpBecause } from './journal.js';
import { heed, type PeerContext } from './process.js';

export interface AttemptInput {
  readonly request: number;
  readonly size: number;
  /** Of an element before; hexadecimal digits. */
  readonly cookie: string | null;
  readonly role: PoolUser;
  readonly local: readonly string[];
  /** The element's addresses. */
  readonly remote: readonly string[];
  readonly port: number;
}

export interface AttemptEvents extends Pick<PeerContext, 'tell'> {
  accepted(): void;
  cookie(bytes: string): void;
  /** The last word of an attempt is one of these three. */
  rejected(): void;
  /** @param unreachable false when the element took leave itself */
  failed(because: GivenUpBecause, unreachable: boolean): void;
  completed(): void;
}

export class Attempt {
  readonly #socket: SctpSocket;
  readonly #association: number;
  #wasUp = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly input: AttemptInput,
    private readonly events: AttemptEvents,
  ) {
    const { local, remote, port, role } = input;
    this.#socket = new SctpSocket(
      { kind: 'oneToOne', local },
      {
        message: (message) => heed(events, () => this.#heard(message)),
        changed: ({ kind }) => {
          if (kind === 'up') this.#hello();
          if (kind === 'leaving') this.#fail('associationEnded', false);
          if (kind === 'over') this.#fail(this.#wasUp ? 'associationEnded' : 'noAssociation', true);
        },
      },
    );
    this.#limit(role.requestTimeout);
    this.#association = this.#connect(remote, port);
  }

  /** Whatever becomes of it, nobody is told any more. */
  leave(): void {
    if (this.#stop()) this.#socket.close();
  }

  /** An element may say that it is where nobody can be. */
  #connect(remote: readonly string[], port: number): number {
    try {
      return this.#socket.connect(remote, port);
    } catch (error) {
      if (codeOf(error) !== 'lab-broken') throw error;
      this.#limit(0);
      return 0;
    }
  }

  #hello(): void {
    const { request, size, cookie } = this.input;
    this.#wasUp = true;
    if (cookie === null) {
      this.#say(calcAppTypes.request, request, size);
      return;
    }
    const echo: AsapMessage = {
      type: asapTypes.cookieEcho,
      flags: 0,
      registrar: null,
      parameters: [{ kind: 'cookie', bytes: cookie }],
    };
    this.#socket.send(this.#association, encode(echo), asap.payloadProtocol);
    // An element that has read the cookie accepts at once; RSPLIB's reads it when a keep-alive wakes it.
    this.#monitor();
  }

  #heard({ protocol, bytes }: Received): void {
    if (this.#over) return;
    if (protocol === asap.payloadProtocol) {
      const message = decode(bytes);
      const cookie = message.type === asapTypes.cookie ? find(message, 'cookie') : undefined;
      if (cookie) this.events.cookie(cookie.bytes);
    }
    if (protocol !== calcApp.payloadProtocol) return;
    const { type, job } = decodeCalcApp(bytes);
    if (job !== this.input.request) return;
    this.#answered(type);
  }

  #answered(type: number): void {
    switch (type) {
      case calcAppTypes.accept:
        this.events.accepted();
        this.#monitor();
        break;
      case calcAppTypes.keepAlive:
        this.#say(calcAppTypes.keepAliveAck);
        break;
      case calcAppTypes.keepAliveAck:
        this.#monitor();
        break;
      case calcAppTypes.reject:
        this.leave();
        this.events.rejected();
        break;
      case calcAppTypes.abort:
        this.#fail('associationEnded', false);
        break;
      case calcAppTypes.complete:
        this.leave();
        this.events.completed();
        break;
    }
  }

  /** Session keep-alives: an interval after the accept, then an interval after each answer. */
  #monitor(): void {
    const { sessionKeepAliveInterval, sessionKeepAliveTimeout } = this.input.role;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#say(calcAppTypes.keepAlive);
      this.#limit(sessionKeepAliveTimeout);
    }, sessionKeepAliveInterval * 1e3);
  }

  #limit(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(this.#wasUp ? 'timeout' : 'noAssociation', true), seconds * 1e3);
  }

  #fail(because: GivenUpBecause, unreachable: boolean): void {
    if (!this.#stop()) return;
    // Nothing that it still says is of use, and its kernel need not wait for ours; but who takes leave is let go.
    if (unreachable) this.#socket.abort();
    else this.#socket.close();
    this.events.failed(because, unreachable);
  }

  /** @returns whether it was still going on */
  #stop(): boolean {
    clearTimeout(this.#timer);
    if (this.#over) return false;
    this.#over = true;
    return true;
  }

  #say(type: number, job = this.input.request, size = 0): void {
    const bytes = encodeCalcApp({ type, flags: 0, job, size, completed: 0 });
    this.#socket.send(this.#association, bytes, calcApp.payloadProtocol);
  }
}
