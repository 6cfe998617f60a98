import type { Random } from '../../base/random.js';
import type { PoolUser } from '../../experiment/role.js';
import type { RequestStreams } from '../requests.js';
import type { Association, Side } from './association.js';
import { causeOf } from './cause.js';
import { connect } from './connect.js';
import type { Entry } from './handlespace.js';
import type { Node } from './network.js';
import { idle, Process, type Stoppable } from './process.js';
import { Program } from './program.js';
import { Resolver } from './resolver.js';
import type { Deployed } from './run.js';
import type { Session } from './session.js';

/**
 * Seconds until a user asks an empty pool again, as RSPLIB's logs have them (RFC 5352 leaves it open, RSPSIM waits 30),
 * and at most after a rejection.
 */
const retry = { emptyPool: 0.25, reject: 0.2 };
const opener: Side = 0;

/** A request in service. */
interface Request {
  readonly size: number;
  readonly queuedAt: number;
  readonly startedAt: number;
  acceptedAt: number | null;
  /** Calculations secured by the newest cookie. */
  secured: number;
}

/** An attempt to have the request served by one element; answers to an attempt that is over are ignored. */
interface Attempt {
  readonly entry: Entry;
  readonly beganAt: number;
  accepted: boolean;
  association: Association | null;
  over: boolean;
  session: Session | null;
  /** What is under way in the stage that the attempt is in: a timer, and setting up the association. */
  limit: Stoppable;
  connecting: Stoppable;
}

/** A pool user: its requests one after the other, each from its generation to its completion. */
export class User extends Program {
  readonly #requests: RequestStreams;
  readonly #retries: Random;
  #resolver!: Resolver;
  #request: Request | null = null;
  /** Since when it has been looking for an element; null while it has one, or needs none. */
  #seekingSince: number | null = null;

  constructor(
    readonly deployed: Deployed,
    readonly number: number,
    readonly node: Node,
    readonly role: PoolUser,
    requests: RequestStreams,
    retries: Random,
    readonly onReady: () => void,
  ) {
    super();
    this.#retries = retries;
    this.#requests = requests;
    this.#live();
  }

  readonly isBusy = false;

  /** Another process, which goes on with the stream of requests: those of the time when there was none never were. */
  start(): void {
    while (this.#requests.time(this.number) <= this.deployed.queue.now) this.#requests.advance(this.number);
    this.#live();
    this.onReady();
  }

  #live(): void {
    const { queue } = this.deployed;
    const process = new Process(this.node, queue, () => {});
    this.process = process;
    this.node.process = process;
    this.#resolver = new Resolver(this.deployed, process, this.role.pool, (entry) => {
      if (entry) this.#try(entry);
      else process.after(retry.emptyPool, () => this.#resolve(null));
    });
    process.after(this.#requests.time(this.number) - queue.now, () => this.#begin());
  }

  /** The request in service is lost, and so are those that wait. */
  protected die(): void {
    const { queue, counters, recorder, record } = this.deployed;
    this.process.alive = false;
    if (this.#request) recorder?.lost(this.number);
    this.#request = null;
    this.#seekingSince = null;
    record?.gone(this.node.name);
    for (; this.#requests.time(this.number) <= queue.now; this.#requests.advance(this.number)) {
      if (counters.covers(this.#requests.time(this.number))) counters.requestsQueued++;
      recorder?.neverServed(this.number, this.#requests.next(this.number), 'lost');
    }
  }

  #begin(): void {
    const { queue, counters, recorder } = this.deployed;
    const next = this.#requests.next(this.number);
    const { size, queuedAt } = next;
    if (counters.covers(queuedAt)) counters.requestsQueued++;
    if (counters.covers(queue.now)) counters.queuing.add(queue.now - queuedAt);
    recorder?.started(this.number, next, queue.now);
    this.#request = { size, queuedAt, startedAt: queue.now, acceptedAt: null, secured: 0 };
    this.#requests.advance(this.number);
    this.#resolve(null);
  }

  #resolve(bad: Entry | null): void {
    this.#seekingSince ??= this.deployed.queue.now;
    this.#resolver.resolve(bad);
  }

  #try(entry: Entry): void {
    const { queue, network, recorder, record, quirks } = this.deployed;
    recorder?.selected(this.number, queue.now);
    record?.selection.connecting(entry, queue.now);
    const attempt: Attempt = {
      entry,
      beganAt: queue.now,
      accepted: false,
      association: null,
      session: null,
      over: false,
      limit: idle,
      connecting: idle,
    };
    const connecting = connect(network, this.process, entry, {
      up: (association) => {
        recorder?.connected(this.number, queue.now);
        this.#found();
        attempt.association = association;
        if (quirks.connectSeconds !== null) this.#limit(attempt, this.role.requestTimeout);
        association.onLost(opener, () => this.#fail(attempt, true));
        this.#submit(attempt, association);
      },
      refused: () => this.#fail(attempt, true),
    });
    this.#limit(attempt, quirks.connectSeconds ?? this.role.requestTimeout);
    attempt.connecting = connecting;
  }

  #found(): void {
    const { queue, quirks } = this.deployed;
    if (quirks.seeksAlone) this.#requests.pause(this.number, this.#seekingSince!, queue.now);
    this.#seekingSince = null;
  }

  /** Gives the attempt so many seconds from now, whatever it had. */
  #limit(attempt: Attempt, seconds: number): void {
    this.#stop(attempt);
    attempt.limit = this.process.after(seconds, () => this.#fail(attempt, true));
  }

  #submit(attempt: Attempt, association: Association): void {
    const { elements } = this.deployed;
    // An attacker's elements listen, and never answer.
    const element = elements.get(attempt.entry.node.name);
    const { size, secured } = this.#request!;
    const guard = (action: () => void) => () => {
      if (!attempt.over) action();
    };
    const session: Session = {
      size,
      progress: secured,
      accepted: guard(() => this.#accepted(attempt, association, session)),
      rejected: guard(() => {
        this.#leave(attempt);
        this.process.after(this.#retries.uniform() * retry.reject, () => this.#resolve(null));
      }),
      cookie: (progress) => {
        if (!attempt.over) this.#secure(progress);
      },
      leaving: guard(() => this.#fail(attempt, false)),
      completed: guard(() => this.#complete(attempt)),
      keepAliveAnswered: guard(() => this.#monitor(attempt, association, session)),
    };
    attempt.session = session;
    association.send(opener, () => element?.serve(association, session));
    if (this.deployed.quirks.lateCookieEcho && secured > 0) this.#monitor(attempt, association, session);
  }

  #accepted(attempt: Attempt, association: Association, session: Session): void {
    const { queue, counters, recorder } = this.deployed;
    const request = this.#request!;
    attempt.accepted = true;
    recorder?.accepted(this.number, attempt.entry.node.name, queue.now);
    if (request.acceptedAt === null) {
      request.acceptedAt = queue.now;
      if (counters.covers(queue.now)) counters.startup.add(queue.now - request.startedAt);
    }
    this.#monitor(attempt, association, session);
  }

  /** Session keep-alives: an interval after the accept, then an interval after each answer. */
  #monitor(attempt: Attempt, association: Association, session: Session): void {
    const { sessionKeepAliveInterval, sessionKeepAliveTimeout } = this.role;
    const element = this.deployed.elements.get(attempt.entry.node.name)!;
    this.#stop(attempt);
    const ask = () => {
      attempt.limit = this.process.after(sessionKeepAliveTimeout, () => this.#fail(attempt, true));
      association.send(opener, () => element.answerKeepAlive(association, session));
    };
    attempt.limit = this.process.after(sessionKeepAliveInterval, ask);
  }

  #secure(progress: number): void {
    const { queue, counters } = this.deployed;
    const request = this.#request!;
    if (counters.covers(queue.now)) counters.jobSizeCompleted += progress - request.secured;
    request.secured = progress;
  }

  /** The element is gone; `unreachable` unless it said so itself. */
  #fail(attempt: Attempt, unreachable: boolean): void {
    if (attempt.over) return;
    const { queue, counters, recorder } = this.deployed;
    if (unreachable) counters.unreachables++;
    if (attempt.accepted) counters.failovers++;
    const element = attempt.entry.node.name;
    const repeated = attempt.accepted ? this.#lostWork(attempt) : null;
    this.#leave(attempt);
    recorder?.gaveUp(this.number, queue.now, {
      element,
      repeated,
      ...causeOf(attempt.entry, attempt.beganAt, this.process.node),
    });
    this.#resolve(unreachable ? attempt.entry : null);
  }

  /** Calculations that the attempt's element has done and no cookie has brought. */
  #lostWork({ entry, association, session }: Attempt): number {
    const element = this.deployed.elements.get(entry.node.name)!;
    return Math.max(0, element.progressOf(association!, session!) - this.#request!.secured);
  }

  #stop(attempt: Attempt): void {
    attempt.limit.stop();
    attempt.connecting.stop();
  }

  #leave(attempt: Attempt): void {
    attempt.over = true;
    this.#stop(attempt);
    attempt.association?.close(opener);
  }

  #complete(attempt: Attempt): void {
    const { queue, counters, recorder } = this.deployed;
    const request = this.#request!;
    this.#leave(attempt);
    recorder?.completed(this.number, queue.now);
    if (counters.covers(queue.now)) {
      counters.processing.add(queue.now - request.acceptedAt!);
      counters.handling.add(queue.now - request.queuedAt);
      counters.jobSizeCompleted += request.size - request.secured;
    }
    this.#request = null;
    const next = this.#requests.time(this.number);
    if (next <= queue.now) this.#begin();
    else this.process.after(next - queue.now, () => this.#begin());
  }
}
