import type { PoolElement } from '../../experiment/role.js';
import type { World } from './world.js';

/** Lets a cookie be due in spite of rounding in the last place, calculations relative to the interval. */
const tolerance = 1e-9;

/**
 * State cookies: an element sends one whenever it has done so many calculations for a request since the last one, or so
 * much time has passed. With an interval in calculations alone, the number sent follows from the progress, and nothing
 * happens in between; only cookies by time are events.
 */
export class Cookies {
  readonly #world: World;
  readonly #intervals: Float64Array;
  readonly #times: Float64Array;
  /** Progress of a request at the newest cookie of this attempt, calculations since the attempt began; per user. */
  readonly #sentAtProgress: Float64Array;
  /** When the newest cookie of this attempt was sent, else when the attempt began; per user. */
  readonly #sentAt: Float64Array;

  constructor(world: World, roles: readonly PoolElement[], users: number) {
    this.#world = world;
    this.#intervals = Float64Array.from(roles, ({ cookieInterval }) => cookieInterval ?? Number.POSITIVE_INFINITY);
    this.#times = Float64Array.from(roles, ({ cookieTime }) => cookieTime ?? Number.POSITIVE_INFINITY);
    this.#sentAtProgress = new Float64Array(users);
    this.#sentAt = new Float64Array(users);
  }

  /** An attempt at a user's request begins. */
  started(user: number): void {
    this.#sentAtProgress[user] = 0;
    this.#sentAt[user] = this.#world.queue.now;
  }

  /**
   * Sends what an advanced element should have sent up to now. A request that is `done` needs no cookie for its end:
   * its completion says the same.
   */
  catchUp(element: number, user: number, done = false): void {
    const interval = this.#intervals[element]!;
    if (interval === Number.POSITIVE_INFINITY) return;
    const { sharing, counters, users } = this.#world;
    const fresh = (sharing.progress(element, user) - this.#sentAtProgress[user]!) / interval;
    const count = done ? Math.ceil(fresh - tolerance) - 1 : Math.floor(fresh + tolerance);
    if (count <= 0) return;
    counters.cookies += count;
    this.#sentAtProgress[user] = this.#sentAtProgress[user]! + count * interval;
    this.#sentAt[user] = this.#world.queue.now;
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
    return progress - this.#sentAtProgress[user]!;
  }

  /** When the next cookie of an advanced element is an event; infinity where none is. */
  nextDue(element: number): number {
    const { sharing } = this.#world;
    const time = this.#times[element]!;
    let due = Number.POSITIVE_INFINITY;
    if (time === Number.POSITIVE_INFINITY) return due;
    for (let user = sharing.first(element); user >= 0; user = sharing.after(user)) {
      const level = sharing.startLevel[user]! + this.#sentAtProgress[user]! + this.#intervals[element]!;
      // At the end of its work the request completes; no cookie is due there or after.
      const byWork = level < sharing.endLevel[user]! ? sharing.timeOfLevel(element, level) : Number.POSITIVE_INFINITY;
      due = Math.min(due, byWork, this.#sentAt[user]! + time);
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
      const byTime = queue.now >= this.#sentAt[user]! + time;
      const fresh = sharing.progress(element, user) - this.#sentAtProgress[user]!;
      const left = sharing.endLevel[user]! - sharing.startLevel[user]! - this.#sentAtProgress[user]! - fresh;
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
    users.secure(user, users.secured(user) + progress - this.#sentAtProgress[user]!);
    this.#sentAtProgress[user] = progress;
    this.#sentAt[user] = queue.now;
  }
}
