import { hostsWith } from '../../experiment/plan.js';
import type { PoolUser } from '../../experiment/role.js';
import { RequestStreams } from '../requests.js';
import { Roles } from '../roles.js';
import type { World } from './world.js';

/** The pool users: the requests they generate, which wait in a queue until the user's session before is over. */
export class Users {
  readonly #world: World;
  readonly roles: Roles<PoolUser>;
  readonly streams: RequestStreams;

  constructor(world: World) {
    const hosts = hostsWith(world.plan, 'poolUser');
    const names = hosts.map(({ name }) => name);
    this.#world = world;
    this.roles = new Roles(hosts);
    this.streams = new RequestStreams(world.plan.phases.settle, names, this.roles, world.random);
    for (let user = 0; user < this.count; user++) this.rest(user);
  }

  get count(): number {
    return this.roles.count;
  }

  /** Whether the user's next request has been generated. */
  hasWaiting(user: number): boolean {
    return this.streams.time(user) <= this.#world.queue.now;
  }

  /** The user has nothing to do before its next request; its event slot has the user's number. */
  rest(user: number): void {
    this.#world.queue.schedule(user, this.streams.time(user));
  }

  /** Counts what still waits when the run ends. @returns requests in queues */
  close(end: number): number {
    const { counters, recorder } = this.#world;
    const { streams } = this;
    let waiting = 0;
    for (let user = 0; user < this.count; user++) {
      for (; streams.time(user) <= end; streams.advance(user)) {
        waiting++;
        if (counters.covers(streams.time(user))) counters.requestsQueued++;
        recorder?.waiting(user, streams.next(user));
      }
    }
    recorder?.close(end);
    return waiting;
  }
}
