import { hostsWith } from '../../experiment/plan.js';
import type { PoolUser } from '../../experiment/role.js';
import { Arrivals } from '../arrivals.js';
import type { Passage } from '../passage.js';
import { RequestStreams } from '../requests.js';
import { Roles } from '../roles.js';
import { Backlog } from './backlog.js';
import type { World } from './world.js';

/** The pool users: the requests they generate, which wait in a queue until the user's session before is over. */
export class Users {
  readonly #world: World;
  readonly roles: Roles<PoolUser>;
  readonly arrivals: Arrivals;
  /** Whether each user has a session. */
  readonly #busy: Uint8Array;
  readonly #backlog: Backlog;

  /** `firstSlot`: event slot of the first user's requests. */
  constructor(world: World, firstSlot: number) {
    const hosts = hostsWith(world.plan, 'poolUser');
    const names = hosts.map(({ name }) => name);
    const { settle } = world.plan.phases;
    this.#world = world;
    this.roles = new Roles(hosts);
    this.arrivals = new Arrivals(new RequestStreams(settle, names, this.roles, world.random), settle, firstSlot);
    this.#busy = new Uint8Array(hosts.length);
    this.#backlog = new Backlog(hosts.length);
  }

  get count(): number {
    return this.roles.count;
  }

  /** The user generates the request that the arrivals have come to. */
  generate(user: number): void {
    const { queue, sessions } = this.#world;
    if (this.#busy[user] === 1) {
      this.#backlog.add(user, queue.now, this.arrivals.size);
      return;
    }
    this.#busy[user] = 1;
    sessions.open(user, queue.now, this.arrivals.size);
  }

  /** The user's session is over; the next request takes it, else the user has none. @returns whether one did */
  proceed(user: number, session: number): boolean {
    const request = this.#backlog.first(user);
    if (request < 0) {
      this.#busy[user] = 0;
      return false;
    }
    this.#world.sessions.begin(session, user, this.#backlog.generatedAt(request), this.#backlog.size(request));
    this.#backlog.shift(user);
    return true;
  }

  /** Counts what still waits when the run ends, as far as the passage permits. @returns requests in queues */
  close(end: number, passage: Passage): number {
    const { counters, recorder } = this.#world;
    let waiting = 0;
    for (let user = 0; user < this.count; user++) {
      for (let request = this.#backlog.first(user); request >= 0; request = this.#backlog.first(user)) {
        const queuedAt = this.#backlog.generatedAt(request);
        waiting++;
        if (counters.covers(queuedAt)) counters.requestsQueued++;
        if (recorder && passage.permits())
          recorder.neverServed(user, { size: this.#backlog.size(request), queuedAt }, 'open');
        this.#backlog.shift(user);
      }
    }
    recorder?.close(end);
    return waiting;
  }
}
