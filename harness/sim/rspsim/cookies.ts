import type { PoolElement } from '../../experiment/role.js';
import type { Roles } from '../roles.js';
import type { World } from './world.js';

/** Lets a cookie be due in spite of rounding in the last place, calculations relative to the interval. */
const tolerance = 1e-9;

/**
 * State cookies: an element sends one whenever it has done so many calculations for a request since the last one, or so
 * much time has passed. With an interval in calculations alone, the number sent follows from the progress, and nothing
 * happens in between; only cookies by time are events. A job's mark is the newest cookie of this attempt.
 */
export class Cookies {
  readonly #world: World;
  readonly #intervals: Float64Array;
  readonly #times: Float64Array;

  constructor(world: World, roles: Roles<PoolElement>) {
    this.#world = world;
    this.#intervals = Float64Array.from(roles.map(({ cookieInterval }) => cookieInterval ?? Number.POSITIVE_INFINITY));
    this.#times = Float64Array.from(roles.map(({ cookieTime }) => cookieTime ?? Number.POSITIVE_INFINITY));
  }

  /**
   * Sends what an advanced element should have sent up to now. A request that is `done` needs no cookie for its end:
   * its completion says the same.
   */
  catchUp(element: number, user: number, done = false): void {
    const interval = this.#intervals[element]!;
    if (interval === Number.POSITIVE_INFINITY) return;
    const { sharing, counters, users, queue } = this.#world;
    const fresh = (sharing.progress(element, user) - sharing.mark(user)) / interval;
    const count = done ? Math.ceil(fresh - tolerance) - 1 : Math.floor(fresh + tolerance);
    if (count <= 0) return;
    counters.cookies += count;
    sharing.setMark(user, sharing.mark(user) + count * interval, queue.now);
    users.secure(user, users.secured(user) + count * interval);
  }

  /** The cookie of a clean shutdown: everything done so far. */
  sendLast(element: number, user: number): void {
    this.catchUp(element, user);
    this.#send(element, user);
  }

  /** A silent death. @returns the calculations that no cookie had secured */
  loseRest(element: number, user: number, progress: number): number {
    this.catchUp(element, user);
    return progress - this.#world.sharing.mark(user);
  }

  /** When the next cookie of an advanced element is an event; infinity where none is. */
  nextDue(element: number): number {
    const { sharing } = this.#world;
    const time = this.#times[element]!;
    let due = Number.POSITIVE_INFINITY;
    if (time === Number.POSITIVE_INFINITY) return due;
    for (let user = sharing.first(element); user >= 0; user = sharing.after(user)) {
      const level = sharing.startLevel(user) + sharing.mark(user) + this.#intervals[element]!;
      // At the end of its work the request completes; no cookie is due there or after.
      const byWork = level < sharing.endLevel(user) ? sharing.timeOfLevel(element, level) : Number.POSITIVE_INFINITY;
      due = Math.min(due, byWork, sharing.markedAt(user) + time);
    }
    return due;
  }

  /** Sends the cookies of an advanced element that are due by now as events. @returns whether there were any */
  sendDue(element: number): boolean {
    const time = this.#times[element]!;
    if (time === Number.POSITIVE_INFINITY) return false;
    const { sharing, queue } = this.#world;
    let sent = false;
    for (let user = sharing.first(element); user >= 0; user = sharing.after(user)) {
      const byTime = queue.now >= sharing.markedAt(user) + time;
      const fresh = sharing.progress(element, user) - sharing.mark(user);
      const left = sharing.endLevel(user) - sharing.startLevel(user) - sharing.mark(user) - fresh;
      const byWork = fresh >= this.#intervals[element]! * (1 - tolerance) && left > 0;
      if (!byTime && !byWork) continue;
      sent = true;
      if (byTime) this.#send(element, user);
      else this.catchUp(element, user);
    }
    return sent;
  }

  #send(element: number, user: number): void {
    const { sharing, counters, users, queue } = this.#world;
    const progress = sharing.progress(element, user);
    counters.cookies++;
    users.secure(user, users.secured(user) + progress - sharing.mark(user));
    sharing.setMark(user, progress, queue.now);
  }
}
