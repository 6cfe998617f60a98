/**
 * The process of one pool element: `node element.js ORDER`. A CalcApp server: its users' jobs share its capacity; state
 * cookies go out by work and by time, and the echo of one is answered when it arrives.
 */
import { type AsapMessage, asap, asapTypes, decode, encode, find, type Parameter } from '../asap.js';
import {
  type Job as CalcAppJob,
  calcApp,
  calcAppTypes,
  decodeCalcApp,
  decodeCookie,
  encodeCalcApp,
  encodeCookie,
} from '../calcapp.js';
import { type Received, SctpSocket } from '../socket.js';
import { type Job, Jobs } from './jobs.js';
import { type ElementOrder, elementOrderSchema } from './order.js';
import { heed, type Peer, type PeerContext, runPeer } from './process.js';
import { Registration } from './registration.js';

/** A user's request on its association. */
interface Session extends Job {
  readonly association: number;
  readonly request: number;
  /** The next keep-alive, or the end of waiting for its answer. */
  watch: NodeJS.Timeout | undefined;
}

class Element implements Peer {
  readonly #sessions = new Map<number, Session>();
  readonly #jobs: Jobs<Session>;
  readonly #socket: SctpSocket;
  readonly #registration: Registration;
  #alarm: NodeJS.Timeout | undefined;
  #isLeaving = false;
  #allGone: (() => void) | null = null;
  readonly #associations = new Set<number>();

  constructor(
    private readonly order: ElementOrder,
    private readonly context: PeerContext,
  ) {
    const { addresses, role } = order;
    this.#jobs = new Jobs(role);
    this.#socket = new SctpSocket(
      { kind: 'oneToMany', local: addresses, listening: true },
      {
        message: (message) => heed(context, () => this.#heard(message)),
        changed: ({ kind, association }) => {
          if (kind === 'up') this.#associations.add(association);
          if (kind === 'over' || kind === 'leaving') this.#drop(association, 'its user is gone');
          if (kind !== 'over') return;
          this.#associations.delete(association);
          if (this.#associations.size === 0) this.#allGone?.();
        },
      },
    );
    const transport: Parameter = {
      kind: 'sctpTransport',
      port: this.#socket.port,
      // Registrars may ask there as well.
      use: 1,
      parameters: addresses.map((address) => ({ kind: 'ipv4Address', address })),
    };
    const load = () => this.#sessions.size / role.maxRequests;
    this.#registration = new Registration(order, { transport, load, isFit: () => true }, context);
  }

  /** Out of the handlespace, a last cookie for every session, and the end of all associations. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    clearTimeout(this.#alarm);
    this.#jobs.advance(this.context.now());
    const deregistered = this.#registration.deregister();
    for (const session of this.#sessions.values()) {
      clearTimeout(session.watch);
      this.#sendCookie(session);
    }
    const gone = new Promise<void>((resolve) => {
      this.#allGone = resolve;
    });
    for (const association of this.#associations) this.#socket.end(association, 'end');
    if (this.#associations.size > 0) await gone;
    await deregistered;
    this.#registration.close();
  }

  #heard({ association, protocol, bytes, from }: Received): void {
    if (protocol === asap.payloadProtocol) this.#heardAsap(association, decode(bytes), from?.address);
    if (protocol !== calcApp.payloadProtocol) return;
    const { type, job, size } = decodeCalcApp(bytes);
    const session = this.#sessions.get(association);
    if (type === calcAppTypes.request) this.#serve(association, { job, size, completed: 0 }, 'anew');
    else if (type === calcAppTypes.keepAlive && session?.request === job) this.#say(session, calcAppTypes.keepAliveAck);
    else if (type === calcAppTypes.keepAliveAck && session?.request === job) this.#monitor(session);
    else if (type === calcAppTypes.abort) this.#drop(association, 'its user aborted it');
  }

  #heardAsap(association: number, message: AsapMessage, from: string | undefined): void {
    const answer = this.#registration.answerTo(message);
    if (answer) {
      this.#socket.send(association, encode(answer), asap.payloadProtocol);
      if (from !== undefined) this.#registration.askedBy(from, message);
    }
    if (message.type !== asapTypes.cookieEcho) return;
    const cookie = find(message, 'cookie');
    if (cookie) this.#serve(association, decodeCookie(cookie.bytes), 'byCookie');
  }

  #serve(association: number, { job, size, completed }: CalcAppJob, came: 'anew' | 'byCookie'): void {
    const now = this.context.now();
    this.#drop(association, 'another request took its place');
    if (this.#isLeaving || this.#sessions.size >= this.order.role.maxRequests) {
      this.context.tell({ event: 'session', request: job, came: 'rejected' });
      this.#say({ association, request: job }, calcAppTypes.reject);
      return;
    }
    const session: Session = {
      ...{ association, request: job, size, progress: completed, cookieProgress: completed, cookieAt: now },
      ...{ watch: undefined },
    };
    this.#sessions.set(association, session);
    this.#jobs.add(session, now);
    this.#say(session, calcAppTypes.accept);
    this.context.tell({ event: 'session', request: job, came });
    this.#monitor(session);
    this.#jobsChanged();
  }

  /** The element's own look at its user: a request is dropped when nobody is there to want it any more. */
  #monitor(session: Session): void {
    const { sessionKeepAliveInterval: interval, sessionKeepAliveTimeout: timeout } = this.order.role;
    clearTimeout(session.watch);
    session.watch = setTimeout(() => {
      this.#say(session, calcAppTypes.keepAlive);
      session.watch = setTimeout(() => {
        this.#drop(session.association, 'its user is silent');
        this.#socket.end(session.association, 'abort');
      }, timeout * 1e3);
    }, interval * 1e3);
  }

  #drop(association: number, because: string): void {
    const session = this.#sessions.get(association);
    if (!session) return;
    clearTimeout(session.watch);
    this.#sessions.delete(association);
    this.#jobs.remove(session, this.context.now());
    this.context.tell({ event: 'sessionOver', request: session.request, because, done: session.progress });
    this.#jobsChanged();
  }

  #jobsChanged(): void {
    if (this.#isLeaving) return;
    this.context.tell({ event: 'jobs', running: this.#sessions.size });
    this.#registration.loadChanged();
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#alarm);
    const seconds = this.#jobs.untilNext();
    // A timer takes whole milliseconds, and what is due a little later would be looked at twice.
    if (seconds !== undefined) this.#alarm = setTimeout(() => this.#work(), Math.ceil(seconds * 1e3));
  }

  #work(): void {
    const { completed, cookies } = this.#jobs.due(this.context.now());
    for (const session of cookies) this.#sendCookie(session);
    for (const session of completed) {
      this.#say(session, calcAppTypes.complete, { size: session.size, completed: session.size });
      this.#drop(session.association, 'completed');
    }
    this.#schedule();
  }

  #sendCookie({ association, request: job, size, progress }: Session): void {
    const bytes = encodeCookie({ job, size, completed: Math.floor(progress) });
    const cookie: AsapMessage = {
      type: asapTypes.cookie,
      flags: 0,
      registrar: null,
      parameters: [{ kind: 'cookie', bytes }],
    };
    this.#socket.send(association, encode(cookie), asap.payloadProtocol);
  }

  #say(
    { association, request: job }: Pick<Session, 'association' | 'request'>,
    type: number,
    { size, completed } = { size: 0, completed: 0 },
  ): void {
    const bytes = encodeCalcApp({ type, flags: 0, job, size, completed });
    this.#socket.send(association, bytes, calcApp.payloadProtocol);
  }
}

runPeer('pool element', elementOrderSchema, (order, context) => new Element(order, context));
