import type { Random } from '../../base/random.js';
import { hostsWith } from '../../experiment/plan.js';
import type { PoolUser } from '../../experiment/role.js';
import { RequestStreams } from '../requests.js';
import { Roles } from '../roles.js';
import { firstUnanswered } from './registrar.js';
import type { World } from './world.js';

/** How long a user waits before it asks again for an element of an empty pool, seconds. */
const emptyPoolRetry = 30;
/** The longest wait before a rejected request is tried again, seconds. */
const longestRejectRetry = 0.2;

/** What a user waits for; its event slot holds when that happens. */
enum Phase {
  /** For its next request to be generated. */
  Idle,
  /** For its handle resolution to reach the registrar. */
  Resolving,
  /** For its request to reach the element. */
  Sent,
  /** For the request timeout: the element is not there. */
  Unaccepted,
  /** For the element; nothing is scheduled, the element decides. */
  Served,
  /** For the session keep-alive timeout: the element died. */
  Stalled,
  /** For the element's abort. */
  Aborted,
  /** For the completion. */
  Completed,
  /** To try again, after an empty pool or a rejection. */
  Waiting,
}

/** The fields of a record, side by side, as what is used together should be fetched together. */
const recordLength = 8;
const size = 0;
const queuedAt = 1;
const startedAt = 2;
/** First accept; negative while there was none. */
const firstAcceptAt = 3;
/** Latest accept: the session keep-alives count from here. */
const acceptAt = 4;
/** Calculations secured by the newest cookie. */
const secured = 5;
/** Four integers in the room of two more numbers. Who was chosen: slot in the registrar, whose it was, and the pool. */
const integersLength = 2 * recordLength;
const slot = 12;
const element = 13;
const incarnation = 14;
const pool = 15;

type Edge = 'before' | 'end';

/** The pool users: their requests one after the other, each from its generation to its completion. */
export class Users {
  readonly #world: World;
  readonly #roles: Roles<PoolUser>;
  readonly #streams: RequestStreams;
  readonly #retryStreams: Random[] = [];
  readonly #phases: Uint8Array;
  /** Whether the next handle resolution comes with a report on the entry. */
  readonly #reports: Uint8Array;
  /** A record per user, of the request in service, and the same seen as integers. */
  readonly #requests: Float64Array;
  readonly #integers: Int32Array;
  /** Calculations of the requests in service that were credited before the window, and by its end. */
  readonly #credits: { readonly [When in Edge]: { readonly of: Float64Array; notedAt: number } };

  constructor(world: World) {
    const hosts = hostsWith(world.plan, 'poolUser');
    const { settle } = world.plan.phases;
    this.#world = world;
    this.#roles = new Roles(hosts);
    this.#phases = new Uint8Array(hosts.length);
    this.#reports = new Uint8Array(hosts.length);
    this.#requests = new Float64Array(recordLength * hosts.length);
    this.#integers = new Int32Array(this.#requests.buffer);
    this.#credits = {
      before: { of: new Float64Array(hosts.length), notedAt: 0 },
      end: { of: new Float64Array(hosts.length), notedAt: 0 },
    };
    for (const [user, { role }] of hosts.entries()) {
      this.#integers[integersLength * user + pool] = world.registrar.poolNumber(role.pool);
    }
    const names = hosts.map(({ name }) => name);
    this.#streams = new RequestStreams(settle, names, this.#roles, world.random);
    for (let user = 0; user < this.count; user++) world.queue.schedule(user, this.#streams.time(user));
  }

  get count(): number {
    return this.#roles.count;
  }

  /** Calculations secured by the newest cookie of the request in service. */
  secured(user: number): number {
    return this.#requests[recordLength * user + secured]!;
  }

  /** A cookie is on its way to the user. */
  secure(user: number, calculations: number): void {
    this.#requests[recordLength * user + secured] = calculations;
  }

  /** What the user waited for has happened. */
  handle(user: number): void {
    const { counters } = this.#world;
    switch (this.#phases[user]! as Phase) {
      case Phase.Idle:
        this.#begin(user);
        break;
      case Phase.Resolving:
        this.#askRegistrar(user);
        break;
      case Phase.Sent:
        this.#reachElement(user);
        break;
      case Phase.Completed:
        this.#complete(user);
        break;
      case Phase.Waiting:
        this.#resolve(user);
        break;
      case Phase.Unaccepted:
        counters.unreachables++;
        this.#giveUp(user, true, null);
        break;
      case Phase.Stalled:
        counters.unreachables++;
        counters.failovers++;
        this.#giveUp(user, true, this.#world.elements.lostWork(user));
        break;
      case Phase.Aborted:
        counters.failovers++;
        this.#giveUp(user, false, 0);
        break;
      case Phase.Served:
        throw new Error('a served user waits for nothing');
    }
  }

  /** The element of a user's request died silently now: the keep-alives of the session will find out. */
  elementDied(user: number): void {
    const { queue, delay } = this.#world;
    const { sessionKeepAliveInterval, sessionKeepAliveTimeout } = this.#roles.of(user);
    const accepted = this.#requests[recordLength * user + acceptAt]!;
    const sentAt = firstUnanswered(accepted, sessionKeepAliveInterval, delay, queue.now);
    this.#phases[user] = Phase.Stalled;
    queue.schedule(user, sentAt + sessionKeepAliveTimeout);
  }

  /** The element sent a last cookie and an abort. */
  elementLeft(user: number): void {
    this.#arriveAfterDelay(user, Phase.Aborted);
  }

  /** The element finished the user's request. */
  finished(user: number): void {
    this.#arriveAfterDelay(user, Phase.Completed);
  }

  /** Notes what the cookies received so far have credited, for the window's begin or end. */
  noteCredits(edge: Edge): void {
    const credits = this.#credits[edge];
    credits.notedAt = this.#world.queue.now;
    for (let user = 0; user < this.count; user++) {
      credits.of[user] = this.#phases[user] === Phase.Idle ? 0 : this.secured(user);
    }
  }

  /** Counts what is still under way when the run ends. @returns requests that wait in queues */
  close(end: number): number {
    const { counters, recorder } = this.#world;
    let waiting = 0;
    const streams = this.#streams;
    for (let user = 0; user < this.count; user++) {
      if (this.#phases[user] !== Phase.Idle) {
        counters.jobSizeCompleted += this.#credited(user, 'end') - this.#credited(user, 'before');
      }
      for (; streams.time(user) <= end; streams.advance(user)) {
        waiting++;
        if (counters.covers(streams.time(user))) counters.requestsQueued++;
        recorder?.waiting(user, streams.next(user));
      }
    }
    recorder?.close(end);
    return waiting;
  }

  #begin(user: number): void {
    const { queue, counters, recorder } = this.#world;
    const { now } = queue;
    const generatedAt = this.#streams.time(user);
    if (counters.covers(generatedAt)) counters.requestsQueued++;
    if (counters.covers(now)) counters.queuing.add(now - generatedAt);
    recorder?.started(user, this.#streams.next(user), now);
    const requests = this.#requests;
    const at = recordLength * user;
    requests[at + size] = this.#streams.size(user);
    requests[at + queuedAt] = generatedAt;
    requests[at + startedAt] = now;
    requests[at + firstAcceptAt] = -1;
    requests[at + secured] = 0;
    this.#streams.advance(user);
    this.#resolve(user);
  }

  #resolve(user: number): void {
    this.#world.counters.serverSelections++;
    this.#arriveAfterDelay(user, Phase.Resolving);
  }

  #askRegistrar(user: number): void {
    const { queue, delay, registrar, recorder } = this.#world;
    // The report travels with the resolution and is read first, so it can keep the same element from being chosen.
    const choices = this.#integers;
    const at = integersLength * user;
    if (this.#reports[user] === 1) {
      if (registrar.isRegistered(choices[at + slot]!, choices[at + element]!, choices[at + incarnation]!)) {
        registrar.report(choices[at + slot]!);
      }
      this.#reports[user] = 0;
    }
    const entry = registrar.select(choices[at + pool]!);
    if (entry < 0) {
      this.#wait(user, queue.now + delay + emptyPoolRetry);
      return;
    }
    recorder?.selected(user, queue.now + delay);
    choices[at + slot] = entry;
    choices[at + element] = registrar.elementOf(entry);
    choices[at + incarnation] = registrar.incarnationOf(entry);
    this.#phases[user] = Phase.Sent;
    queue.afterTwoDelays(user);
  }

  #reachElement(user: number): void {
    const { queue, delay, elements, counters, recorder } = this.#world;
    const chosen = this.#integers[integersLength * user + element]!;
    if (!elements.isAt(chosen, this.#integers[integersLength * user + incarnation]!)) {
      this.#phases[user] = Phase.Unaccepted;
      queue.schedule(user, queue.now - delay + this.#roles.of(user).requestTimeout);
      return;
    }
    if (elements.isFull(chosen)) {
      this.#wait(user, queue.now + delay + this.#retries(user).uniform() * longestRejectRetry);
      return;
    }
    this.#phases[user] = Phase.Served;
    const accepted = queue.now + delay;
    recorder?.accepted(user, elements.nameOf(chosen), accepted);
    const requests = this.#requests;
    const at = recordLength * user;
    requests[at + acceptAt] = accepted;
    if (requests[at + firstAcceptAt]! < 0) {
      requests[at + firstAcceptAt] = accepted;
      if (counters.covers(accepted)) counters.startup.add(accepted - requests[at + startedAt]!);
    }
    elements.serve(chosen, user, requests[at + size]!);
  }

  #giveUp(user: number, report: boolean, repeated: number | null): void {
    const { queue, elements, recorder } = this.#world;
    if (recorder) {
      const chosen = this.#integers[integersLength * user + element]!;
      const { strike, diedAt } = elements.deathOf(chosen, this.#integers[integersLength * user + incarnation]!);
      // An element that was dead before stalls this request only from the moment the user turned to it.
      const turnedAt = repeated === null ? queue.now - this.#roles.of(user).requestTimeout : diedAt;
      const faultAt = Math.max(diedAt, turnedAt);
      recorder.gaveUp(user, queue.now, { element: elements.nameOf(chosen), strike, faultAt, repeated });
    }
    this.#reports[user] = report ? 1 : 0;
    this.#resolve(user);
  }

  #complete(user: number): void {
    const { queue, counters, recorder } = this.#world;
    const { now } = queue;
    recorder?.completed(user, now);
    if (counters.covers(now)) {
      const requests = this.#requests;
      const at = recordLength * user;
      counters.processing.add(now - requests[at + firstAcceptAt]!);
      counters.handling.add(now - requests[at + queuedAt]!);
      counters.jobSizeCompleted += requests[at + size]! - this.#credited(user, 'before');
    }
    const next = this.#streams.time(user);
    if (next <= now) {
      this.#begin(user);
      return;
    }
    this.#phases[user] = Phase.Idle;
    queue.schedule(user, next);
  }

  /** What the user's request in service had been credited at an edge of the window; nothing if it started later. */
  #credited(user: number, edge: Edge): number {
    const { of, notedAt } = this.#credits[edge];
    return this.#requests[recordLength * user + startedAt]! <= notedAt ? of[user]! : 0;
  }

  /** Most users are never rejected, so the stream is made when it is needed. */
  #retries(user: number): Random {
    this.#retryStreams[user] ??= this.#world.random.fork('retries', user);
    return this.#retryStreams[user]!;
  }

  #wait(user: number, until: number): void {
    this.#phases[user] = Phase.Waiting;
    this.#world.queue.schedule(user, until);
  }

  #arriveAfterDelay(user: number, phase: Phase): void {
    this.#phases[user] = phase;
    this.#world.queue.afterDelay(user);
  }
}
