import type { Random } from '../../base/random.js';
import type { PoolUser } from '../../experiment/role.js';
import type { Roles } from '../roles.js';
import { Credits } from './credits.js';
import { firstUnanswered } from './registrar.js';
import {
  acceptAt,
  element,
  emptyPoolRetry,
  firstAcceptAt,
  incarnation,
  integersLength,
  longestRejectRetry,
  Phase,
  queuedAt,
  recordLength,
  secured,
  size,
  slot,
  startedAt,
  user,
} from './session-record.js';
import type { World } from './world.js';

/**
 * The sessions of users with the pool: the requests in service, from leaving the user's queue to the completion. A
 * user has one at a time. Their numbers are used again, the last one first: of ten thousand users few hundred are in
 * service at a time, and what is used all the time should lie in as little memory as that takes.
 */
export class Sessions {
  readonly #world: World;
  readonly #roles: Roles<PoolUser>;
  readonly #retryStreams: Random[] = [];
  readonly #phases: Uint8Array;
  /** Pool of the elements of each kind of user. */
  readonly #pools: Float64Array;
  /** Whether the next handle resolution comes with a report on the chosen entry. */
  readonly #reports: Uint8Array;
  /** A record per session, and the same seen as integers. */
  readonly #requests: Float64Array;
  readonly #integers: Int32Array;
  /** Calculations that a silent death took from the request. */
  readonly #lost: Float64Array;
  /** What the requests in service had been credited when the window began, and when it ended. */
  readonly #creditBefore: Credits;
  readonly #creditAtEnd: Credits;
  /** Sessions so far, and those of them that are closed. */
  #count = 0;
  readonly #closed: number[] = [];

  constructor(world: World, roles: Roles<PoolUser>) {
    const most = roles.count;
    this.#world = world;
    this.#roles = roles;
    this.#pools = roles.ofKinds((role) => world.registrar.poolNumber(role.pool));
    this.#phases = new Uint8Array(most);
    this.#reports = new Uint8Array(most);
    this.#requests = new Float64Array(recordLength * most);
    this.#integers = new Int32Array(this.#requests.buffer);
    this.#lost = new Float64Array(most);
    this.#creditBefore = new Credits(most);
    this.#creditAtEnd = new Credits(most);
  }

  /** Calculations secured by the newest cookie of the request. */
  secured(session: number): number {
    return this.#requests[recordLength * session + secured]!;
  }

  /** A cookie is on its way to the user. */
  secure(session: number, calculations: number): void {
    this.#requests[recordLength * session + secured] = calculations;
  }

  /** A user that has no session takes a request. */
  open(forUser: number, generatedAt: number, calculations: number): void {
    const session = this.#closed.pop() ?? this.#count++;
    this.#integers[integersLength * session + user] = forUser;
    this.begin(session, forUser, generatedAt, calculations);
  }

  /** The session begins with a request of its user. */
  begin(session: number, forUser: number, generatedAt: number, calculations: number): void {
    const { queue, counters, recorder } = this.#world;
    const { now } = queue;
    if (counters.covers(generatedAt)) counters.requestsQueued++;
    if (counters.covers(now)) counters.queuing.add(now - generatedAt);
    recorder?.started(forUser, { size: calculations, queuedAt: generatedAt }, now);
    const requests = this.#requests;
    const at = recordLength * session;
    requests[at + size] = calculations;
    requests[at + queuedAt] = generatedAt;
    requests[at + startedAt] = now;
    requests[at + firstAcceptAt] = -1;
    requests[at + secured] = 0;
    this.#resolve(session);
  }

  /** What the session waited for has happened. */
  handle(session: number): void {
    const { counters } = this.#world;
    switch (this.#phases[session]! as Phase) {
      case Phase.Resolving:
        this.#askRegistrar(session);
        break;
      case Phase.Sent:
        this.#reachElement(session);
        break;
      case Phase.Completed:
        this.#complete(session);
        break;
      case Phase.Waiting:
        this.#resolve(session);
        break;
      case Phase.Unaccepted:
        counters.unreachables++;
        this.#giveUp(session, true, null);
        break;
      case Phase.Stalled:
        counters.unreachables++;
        counters.failovers++;
        this.#giveUp(session, true, this.#lost[session]!);
        break;
      case Phase.Aborted:
        counters.failovers++;
        this.#giveUp(session, false, 0);
        break;
      case Phase.Served:
      case Phase.Closed:
        throw new Error('a served session waits for nothing');
    }
  }

  /** The element died silently now, with work that no cookie had secured: the session's keep-alives will find out. */
  elementDied(session: number, lost: number): void {
    const { queue, delay } = this.#world;
    const { sessionKeepAliveInterval, sessionKeepAliveTimeout } = this.#roles.of(this.#userOf(session));
    const accepted = this.#requests[recordLength * session + acceptAt]!;
    const sentAt = firstUnanswered(accepted, sessionKeepAliveInterval, delay, queue.now);
    this.#lost[session] = lost;
    this.#phases[session] = Phase.Stalled;
    queue.schedule(session, sentAt + sessionKeepAliveTimeout);
  }

  /** The element sent a last cookie and an abort. */
  elementLeft(session: number): void {
    this.#arriveAfterDelay(session, Phase.Aborted);
  }

  /** The element finished the session's request. */
  finished(session: number): void {
    this.#arriveAfterDelay(session, Phase.Completed);
  }

  /** Notes what the cookies received so far have credited, for the window's begin or end. */
  noteCredits(edge: 'before' | 'end'): void {
    const credits = edge === 'before' ? this.#creditBefore : this.#creditAtEnd;
    credits.note(this.#world.queue.now, this.#count, (session) => (this.#isOpen(session) ? this.secured(session) : 0));
  }

  /** Counts what the cookies of the requests in service have been credited within the window, when the run ends. */
  close(): void {
    // In the users' order, as sums depend on it in the last place.
    const open = new Int32Array(this.#roles.count).fill(-1);
    for (let session = 0; session < this.#count; session++) {
      if (this.#isOpen(session)) open[this.#userOf(session)] = session;
    }
    for (const session of open) {
      if (session < 0) continue;
      const started = this.#requests[recordLength * session + startedAt]!;
      const credited = this.#creditAtEnd.of(session, started) - this.#creditBefore.of(session, started);
      this.#world.counters.jobSizeCompleted += credited;
    }
  }

  #isOpen(session: number): boolean {
    return this.#phases[session] !== Phase.Closed;
  }

  #userOf(session: number): number {
    return this.#integers[integersLength * session + user]!;
  }

  #resolve(session: number): void {
    this.#world.counters.serverSelections++;
    this.#arriveAfterDelay(session, Phase.Resolving);
  }

  #askRegistrar(session: number): void {
    const { queue, delay, registrar, recorder } = this.#world;
    // The report travels with the resolution and is read first, so it can keep the same element from being chosen.
    const choices = this.#integers;
    const at = integersLength * session;
    if (this.#reports[session] === 1) {
      if (registrar.isRegistered(choices[at + slot]!, choices[at + element]!, choices[at + incarnation]!)) {
        registrar.report(choices[at + slot]!);
      }
      this.#reports[session] = 0;
    }
    const entry = registrar.select(this.#pools[this.#roles.kindOf(choices[at + user]!)]!);
    if (entry < 0) {
      this.#wait(session, queue.now + delay + emptyPoolRetry);
      return;
    }
    recorder?.selected(this.#userOf(session), queue.now + delay);
    choices[at + slot] = entry;
    choices[at + element] = registrar.elementOf(entry);
    choices[at + incarnation] = registrar.incarnationOf(entry);
    this.#phases[session] = Phase.Sent;
    queue.afterTwoDelays(session);
  }

  #reachElement(session: number): void {
    const { queue, delay, elements, counters, recorder } = this.#world;
    const chosen = this.#integers[integersLength * session + element]!;
    if (!elements.isAt(chosen, this.#integers[integersLength * session + incarnation]!)) {
      this.#phases[session] = Phase.Unaccepted;
      queue.schedule(session, queue.now - delay + this.#roles.of(this.#userOf(session)).requestTimeout);
      return;
    }
    if (elements.isFull(chosen)) {
      this.#wait(session, queue.now + delay + this.#retries(session).uniform() * longestRejectRetry);
      return;
    }
    this.#phases[session] = Phase.Served;
    const accepted = queue.now + delay;
    recorder?.accepted(this.#userOf(session), elements.nameOf(chosen), accepted);
    const requests = this.#requests;
    const at = recordLength * session;
    requests[at + acceptAt] = accepted;
    if (requests[at + firstAcceptAt]! < 0) {
      requests[at + firstAcceptAt] = accepted;
      if (counters.covers(accepted)) counters.startup.add(accepted - requests[at + startedAt]!);
    }
    elements.serve(chosen, session, requests[at + size]!);
  }

  #giveUp(session: number, report: boolean, repeated: number | null): void {
    const { queue, elements, recorder } = this.#world;
    if (recorder) {
      const chosen = this.#integers[integersLength * session + element]!;
      const { strike, diedAt } = elements.deathOf(chosen, this.#integers[integersLength * session + incarnation]!);
      // An element that was dead before stalls this request only from the moment the session turned to it.
      const turnedAt = repeated === null ? queue.now - this.#roles.of(this.#userOf(session)).requestTimeout : diedAt;
      const faultAt = Math.max(diedAt, turnedAt);
      recorder.gaveUp(this.#userOf(session), queue.now, {
        element: elements.nameOf(chosen),
        strike,
        faultAt,
        repeated,
      });
    }
    this.#reports[session] = report ? 1 : 0;
    this.#resolve(session);
  }

  #complete(session: number): void {
    const { queue, counters, recorder, users } = this.#world;
    const { now } = queue;
    const owner = this.#userOf(session);
    recorder?.completed(owner, now);
    if (counters.covers(now)) {
      const requests = this.#requests;
      const at = recordLength * session;
      counters.processing.add(now - requests[at + firstAcceptAt]!);
      counters.handling.add(now - requests[at + queuedAt]!);
      counters.jobSizeCompleted += requests[at + size]! - this.#creditBefore.of(session, requests[at + startedAt]!);
    }
    if (users.proceed(owner, session)) return;
    this.#phases[session] = Phase.Closed;
    this.#closed.push(session);
  }

  /** Most users are never rejected, so the stream is made when it is needed. */
  #retries(session: number): Random {
    const owner = this.#userOf(session);
    this.#retryStreams[owner] ??= this.#world.random.fork('retries', owner);
    return this.#retryStreams[owner]!;
  }

  #wait(session: number, until: number): void {
    this.#phases[session] = Phase.Waiting;
    this.#world.queue.schedule(session, until);
  }

  #arriveAfterDelay(session: number, phase: Phase): void {
    this.#phases[session] = phase;
    this.#world.queue.afterDelay(session);
  }
}
