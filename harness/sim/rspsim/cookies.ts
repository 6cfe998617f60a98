import type { PoolElement } from '../../experiment/role.js';
import type { Roles } from '../roles.js';
import type { World } from './world.js';

/** Lets a cookie be due in spite of rounding in the last place, calculations relative to the interval. */
const tolerance = 1e-9;

/**
 * State cookies: an element sends one whenever it has done so many calculations for a request since the last one, or so
 * much time has passed. With an interval in calculations alone, the number sent follows from the progress, and nothing
 * happens in between; only cookies by time are events. The mark of a session's job is the newest cookie of this
 * attempt.
 */
export class Cookies {
  readonly #world: World;
  readonly #roles: Roles<PoolElement>;
  /** Of each kind of element. */
  readonly #intervals: Float64Array;
  readonly #times: Float64Array;

  constructor(world: World, roles: Roles<PoolElement>) {
    this.#world = world;
    this.#roles = roles;
    this.#intervals = roles.ofKinds(({ cookieInterval }) => cookieInterval ?? Number.POSITIVE_INFINITY);
    this.#times = roles.ofKinds(({ cookieTime }) => cookieTime ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Sends what an advanced element should have sent up to now. A request that is `done` needs no cookie for its end:
   * its completion says the same.
   */
  catchUp(element: number, session: number, done = false): void {
    const interval = this.#intervals[this.#roles.kindOf(element)]!;
    if (interval === Number.POSITIVE_INFINITY) return;
    const { sharing, counters, sessions, queue } = this.#world;
    const fresh = (sharing.progress(element, session) - sharing.mark(session)) / interval;
    const count = done ? Math.ceil(fresh - tolerance) - 1 : Math.floor(fresh + tolerance);
    if (count <= 0) return;
    counters.cookies += count;
    sharing.setMark(session, sharing.mark(session) + count * interval, queue.now);
    sessions.secure(session, sessions.secured(session) + count * interval);
  }

  /** The cookie of a clean shutdown: everything done so far. */
  sendLast(element: number, session: number): void {
    this.catchUp(element, session);
    this.#send(element, session);
  }

  /** A silent death. @returns the calculations that no cookie had secured */
  loseRest(element: number, session: number, progress: number): number {
    this.catchUp(element, session);
    return progress - this.#world.sharing.mark(session);
  }

  /** When the next cookie of an advanced element is an event; infinity where none is. */
  nextDue(element: number): number {
    const { sharing } = this.#world;
    const time = this.#times[this.#roles.kindOf(element)]!;
    let due = Number.POSITIVE_INFINITY;
    if (time === Number.POSITIVE_INFINITY) return due;
    for (let session = sharing.first(element); session >= 0; session = sharing.after(session)) {
      const level = sharing.startLevel(session) + sharing.mark(session) + this.#intervals[this.#roles.kindOf(element)]!;
      // At the end of its work the request completes; no cookie is due there or after.
      const byWork = level < sharing.endLevel(session) ? sharing.timeOfLevel(element, level) : Number.POSITIVE_INFINITY;
      due = Math.min(due, byWork, sharing.markedAt(session) + time);
    }
    return due;
  }

  /** Sends the cookies of an advanced element that are due by now as events. @returns whether there were any */
  sendDue(element: number): boolean {
    const time = this.#times[this.#roles.kindOf(element)]!;
    if (time === Number.POSITIVE_INFINITY) return false;
    const { sharing, queue } = this.#world;
    let sent = false;
    for (let session = sharing.first(element); session >= 0; session = sharing.after(session)) {
      const byTime = queue.now >= sharing.markedAt(session) + time;
      const fresh = sharing.progress(element, session) - sharing.mark(session);
      const left = sharing.endLevel(session) - sharing.startLevel(session) - sharing.mark(session) - fresh;
      const byWork = fresh >= this.#intervals[this.#roles.kindOf(element)]! * (1 - tolerance) && left > 0;
      if (!byTime && !byWork) continue;
      sent = true;
      if (byTime) this.#send(element, session);
      else this.catchUp(element, session);
    }
    return sent;
  }

  #send(element: number, session: number): void {
    const { sharing, counters, sessions, queue } = this.#world;
    const progress = sharing.progress(element, session);
    counters.cookies++;
    sessions.secure(session, sessions.secured(session) + progress - sharing.mark(session));
    sharing.setMark(session, progress, queue.now);
  }
}
