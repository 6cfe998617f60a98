/**
 * What each pool user does, told from its packets: which requests it serves one after another, and for each request
 * its attempts, from one handle resolution to the next. A user works on one request at a time; it turns to an element
 * with a handle resolution, connects, and says hello with a request or, when it holds a state cookie of another
 * element, with a cookie echo. Only what arrives on the association of the current attempt counts: an element that was
 * given up may still answer, to nobody.
 */
import type { AsapMessage, CalcAppMessage, ControlKind, Message, Packet } from './packet.js';
import { readCookie } from './packet.js';
import type { Served } from './served.js';

/** One try to get a request served by one element. */
export interface Attempt {
  /** The handle resolution that began it; null when the capture began later. */
  readonly asked: AsapMessage | null;
  answer: AsapMessage | null;
  /** The element turned to; null while there is none. */
  element: string | null;
  /** The element's address that was turned to. */
  address: string | null;
  association: string | null;
  /** The first INIT. */
  initAt: number | null;
  /** COOKIE-ACK received: the association is up. */
  connectedAt: number | null;
  /** Request or cookie echo. */
  hello: Message | null;
  accept: CalcAppMessage | null;
  rejected: boolean;
  /** The last state cookie received. */
  cookie: AsapMessage | null;
  /** ABORT or SHUTDOWN from the element: what told the user, when something did. */
  severed: { at: number; by: ControlKind } | null;
  /** The report that the element is unreachable. */
  report: AsapMessage | null;
  /** When the user gave the element up; null while it did not. */
  givenUpAt: number | null;
}

/** A request's life on the wire. */
export interface Job {
  readonly user: string;
  /** Null until the user said hello to an element. */
  id: number | null;
  size: number | null;
  readonly attempts: Attempt[];
  complete: CalcAppMessage | null;
  /** The user turned to another request, or ended, without this one's completion. */
  lost: boolean;
  /** Its user's process ended. */
  ended: boolean;
  /** A completion was seen that reached the user's host, and the user did not take it as one: its word counts. */
  unheard: boolean;
}

/** A user has turned to a registrar and has no association with it yet. */
export interface Reaching {
  readonly registrar: string;
  readonly since: number;
  /** INITs to all of its addresses, and the answers to them. */
  inits: number;
  answers: number;
}

/** What a user's tracker tells others as it happens: the elements' load is modelled from it. */
export interface UserEvents {
  accepted(attempt: Attempt, job: Job): void;
  completed(attempt: Attempt, job: Job, at: number): void;
  givenUp(attempt: Attempt, job: Job): void;
}

export class UserTracker {
  readonly jobs: Job[] = [];
  #job: Job | null = null;
  #attempt: Attempt | null = null;
  #report: AsapMessage | null = null;
  #reaching: Reaching | null = null;

  /**
   * @param isElement tells a pool element from other hosts
   * @param served what the user itself says it had completed; null where its word is not known
   */
  constructor(
    private readonly user: string,
    private readonly isElement: (host: string) => boolean,
    private readonly events: UserEvents,
    private readonly served: Served | null = null,
  ) {}

  /** The registrar whose association it was still waiting for when the capture ended. */
  get reaching(): Reaching | null {
    return this.#reaching;
  }

  packet(packet: Packet): void {
    const sent = packet.from.host === this.user;
    if (sent) this.#settle(packet.sentAt);
    for (const chunk of packet.chunks) {
      if (chunk.kind !== 'data') this.#control(packet, chunk.kind, sent);
      else if (chunk.message && !chunk.retransmission) {
        if (sent) this.#said(chunk.message);
        else this.#heard(chunk.message);
      }
    }
  }

  /** The user's process ended: what it was working on is lost. */
  ended(): void {
    if (this.#job && !this.#job.complete) Object.assign(this.#job, { lost: true, ended: true });
    this.#leave();
  }

  /** The capture is over: a report that nothing followed has given up its element all the same. */
  finish(): void {
    if (this.#report && this.#job && this.#attempt) this.#giveUp(this.#attempt, this.#job, this.#report.sentAt);
  }

  #control(packet: Packet, kind: ControlKind, sent: boolean): void {
    const attempt = this.#attempt;
    if (kind === 'init' && sent) this.#turnsTo(packet);
    this.#reaches(packet, kind, sent);
    if (!attempt || sent || packet.association !== attempt.association) return;
    // Until the user speaks, a COOKIE-ACK may have been lost; then another follows.
    if (kind === 'cookieAck' && !attempt.hello) attempt.connectedAt = packet.receivedAt;
    if (kind === 'abort' || kind === 'shutdown') attempt.severed ??= { at: packet.receivedAt, by: kind };
  }

  #reaches({ from, to, sentAt }: Packet, kind: ControlKind, sent: boolean): void {
    const host = sent ? to.host : from.host;
    if (kind === 'init' && sent && host !== null && !this.isElement(host)) {
      if (this.#reaching?.registrar !== host) this.#reaching = { registrar: host, since: sentAt, inits: 0, answers: 0 };
      this.#reaching.inits += 1;
    }
    if (!this.#reaching || host !== this.#reaching.registrar) return;
    if (kind === 'initAck') this.#reaching.answers += 1;
    if (kind === 'cookieEcho' || kind === 'cookieAck') this.#reaching = null;
  }

  /**
   * What the user does now it does for its next request, when it says that this one was completed before: the capture
   * lacks the completion.
   */
  #settle(now: number): void {
    const job = this.#job;
    if (!this.served || !job) return;
    const said = job.id === null ? this.served.at(job.attempts[0]?.asked?.sentAt ?? null) : this.served.get(job.id);
    if (!said || said.completedAt > now) return;
    job.id = said.id;
    this.events.completed(this.#attempt!, job, said.completedAt);
    this.#leave();
  }

  #turnsTo({ to, association, sentAt }: Packet): void {
    if (to.host === null || !this.isElement(to.host)) return;
    const attempt = this.#attempt ?? this.#begin(null);
    if (attempt.association === association) return;
    const told = { element: to.host, address: to.address, association };
    // A user that was accepted asks before it turns to another element. Its kernel still tries one that it was named
    // before, and that was out of reach: nothing of that attempt was on the wire until now.
    const before = attempt.accept && this.#job?.attempts.find((it) => it.answer !== null && it.association === null);
    if (before) Object.assign(before, told);
    else Object.assign(attempt, told, { initAt: sentAt, connectedAt: null });
  }

  #said(message: Message): void {
    if (message.protocol === 'asap') {
      if (message.type === 'endpointUnreachable') this.#report ??= message;
      if (message.type === 'handleResolution') this.#asks(message);
      if (message.type === 'cookieEcho') this.#hello(message);
    } else if (message.protocol === 'calcApp' && message.type === 'request') this.#hello(message);
  }

  #asks(message: AsapMessage): void {
    const attempt = this.#attempt;
    // Asked again because no answer came: still the same attempt.
    if (attempt?.asked && !attempt.answer && attempt.association === null) return;
    if (this.#job && attempt) this.#giveUp(attempt, this.#job, this.#report?.sentAt ?? message.sentAt);
    this.#begin(message);
  }

  #giveUp(attempt: Attempt, job: Job, at: number): void {
    attempt.report = this.#report;
    attempt.givenUpAt = at;
    this.#report = null;
    this.events.givenUp(attempt, job);
  }

  #begin(asked: AsapMessage | null): Attempt {
    this.#report = null;
    const attempt: Attempt = { ...freshAttempt, asked };
    this.#attempt = attempt;
    if (!this.#job) {
      this.#job = {
        user: this.user,
        id: null,
        size: null,
        attempts: [],
        complete: null,
        lost: false,
        ended: false,
        unheard: false,
      };
      this.jobs.push(this.#job);
    }
    this.#job.attempts.push(attempt);
    return attempt;
  }

  #hello(message: Message): void {
    const said =
      message.protocol === 'calcApp' ? message : readCookie(message.protocol === 'asap' ? message.cookie : null);
    if (said && this.#job?.id != null && this.#job.id !== said.job) this.#next();
    const attempt = this.#attempt ?? this.#begin(null);
    // What was lost on its way to an element that was given up since is still sent again, and heard by nobody.
    if (attempt.association !== message.association) {
      const late = this.#job?.attempts.find(({ association }) => association === message.association);
      if (late) {
        late.hello ??= message;
        return;
      }
    }
    attempt.hello = message;
    if (attempt.association === null) {
      // Its INIT was not captured.
      attempt.element = message.to.host;
      attempt.address = message.to.address;
      attempt.association = message.association;
    }
    if (!said || !this.#job) return;
    this.#job.id = said.job;
    this.#job.size = said.size;
  }

  // Not the request that its attempts were counted for: that one was dropped, and this attempt is the new one's.
  #next(): void {
    const [old, attempt] = [this.#job!, this.#attempt];
    old.lost = true;
    if (attempt) old.attempts.pop();
    this.#job = null;
    this.#begin(attempt?.asked ?? null);
    if (attempt) Object.assign(this.#attempt!, attempt);
  }

  #heard(message: Message): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    if (message.protocol === 'asap' && message.type === 'handleResolutionResponse') attempt.answer ??= message;
    if (message.association !== attempt.association) return;
    if (message.protocol === 'asap' && message.type === 'cookie') attempt.cookie = message;
    if (message.protocol === 'calcApp') this.#answered(attempt, message);
  }

  #answered(attempt: Attempt, message: CalcAppMessage): void {
    const job = this.#job;
    if (!job || (job.id !== null && message.job !== job.id)) return;
    if (message.type === 'reject') attempt.rejected = true;
    if (message.type !== 'accept' && message.type !== 'complete') return;
    if (!attempt.accept) {
      attempt.accept = message;
      this.events.accepted(attempt, job);
    }
    if (message.type !== 'complete') return;
    if (this.served && !this.served.hears(message.job, message.receivedAt)) {
      job.unheard = true;
      return;
    }
    job.complete = message;
    this.events.completed(attempt, job, message.sentAt);
    this.#leave();
  }

  #leave(): void {
    this.#job = null;
    this.#attempt = null;
    this.#report = null;
  }
}

const freshAttempt: Attempt = {
  asked: null,
  answer: null,
  element: null,
  address: null,
  association: null,
  initAt: null,
  connectedAt: null,
  hello: null,
  accept: null,
  rejected: false,
  cookie: null,
  severed: null,
  report: null,
  givenUpAt: null,
};
