import { hostsWith } from '../../experiment/plan.js';
import type { PoolElement } from '../../experiment/role.js';
import type { Strike } from '../faults.js';
import type { ElementWork } from '../metrics.js';
import { Roles } from '../roles.js';
import { Cookies } from './cookies.js';
import { Registrations } from './registrations.js';
import type { World } from './world.js';

/** The numbers of an element lie side by side, as what is used together should be fetched together. */
const recordLength = 4;
const upSince = 0;
/** Up-time of incarnations that have ended, seconds. */
const upSeconds = 1;
/** Seconds up, and seconds busy, before the window. */
const upBefore = 2;
const busyBefore = 3;

/** How an incarnation of an element ended. */
interface Death {
  readonly strike: Strike | null;
  readonly diedAt: number;
}
const alive: Death = { strike: null, diedAt: Number.POSITIVE_INFINITY };

/**
 * The pool elements: the jobs they share their capacity among, their deaths and returns. A session's job has the number
 * of the session.
 */
export class Elements {
  readonly cookies: Cookies;
  readonly registrations: Registrations;
  readonly #world: World;
  readonly #roles: Roles<PoolElement>;
  readonly #names: string[];
  /** Place of each element in the plan, and the element at a place, else −1. */
  readonly #hosts: Int32Array;
  readonly #elementAt: Int32Array;
  /** Event slot of the first element's jobs; the one after each is its registrations'. */
  readonly #slots: number;
  /** How often each element has started; negative while it is down. */
  readonly #starts: Int32Array;
  /** Of each kind of element. */
  readonly #maxRequests: Float64Array;
  readonly #records: Float64Array;
  /** Deaths of each element's incarnations, for the recorder. */
  readonly #deaths: Death[][];

  constructor(world: World, firstSlot: number) {
    const hosts = hostsWith(world.plan, 'poolElement');
    const count = hosts.length;
    this.#world = world;
    this.#roles = new Roles(hosts);
    this.#names = hosts.map(({ name }) => name);
    let found = 0;
    this.#elementAt = Int32Array.from(world.plan.hosts, ({ role }) => (role.kind === 'poolElement' ? found++ : -1));
    this.#hosts = new Int32Array(count);
    for (const [host, element] of this.#elementAt.entries()) if (element >= 0) this.#hosts[element] = host;
    this.#slots = firstSlot;
    this.#starts = new Int32Array(count);
    this.#maxRequests = this.#roles.ofKinds(({ maxRequests }) => maxRequests);
    this.#records = new Float64Array(recordLength * count);
    this.#deaths = world.recorder ? this.#names.map(() => []) : [];
    this.cookies = new Cookies(world, this.#roles);
    this.registrations = new Registrations(world, this.#roles, firstSlot + 1, firstSlot + 2 * count);
  }

  get count(): number {
    return this.#roles.count;
  }

  nameOf(element: number): string {
    return this.#names[element]!;
  }

  /** Whether the plan's host of this number is an element that is up, and whether it has jobs. */
  isUpHost(host: number): boolean {
    return this.#isUp(this.#elementAt[host]!);
  }

  isBusyHost(host: number): boolean {
    const element = this.#elementAt[host]!;
    return element >= 0 && this.#world.sharing.jobs(element) > 0;
  }

  /** Whether this incarnation of the element still listens. */
  isAt(element: number, started: number): boolean {
    return this.#starts[element] === started;
  }

  isFull(element: number): boolean {
    return this.#world.sharing.jobs(element) >= this.#maxRequests[this.#roles.kindOf(element)]!;
  }

  /** How this incarnation ended; known only to a run that is recorded. */
  deathOf(element: number, ended: number): Death {
    return this.#deaths[element]?.[ended] ?? alive;
  }

  incarnationOf(element: number): number {
    return Math.abs(this.#starts[element]!);
  }

  /** The process starts under a new address and identity, and registers. */
  start(element: number): void {
    const { queue, delay } = this.#world;
    const started = this.incarnationOf(element) + 1;
    this.#starts[element] = started;
    this.#records[recordLength * element + upSince] = queue.now;
    this.registrations.start(element, started);
    // Up-times count from the acknowledgement of the registration.
    queue.call(queue.now + 2 * delay, this.#acknowledged, started * this.count + element);
  }

  /** Takes a session's request, from its beginning or from where its cookie says. */
  serve(element: number, session: number, size: number): void {
    const { queue, sharing, sessions } = this.#world;
    sharing.advance(element, queue.now);
    sharing.add(element, session, size - sessions.secured(session));
    this.#jobsChanged(element);
  }

  /** One of an element's pair of event slots came up. */
  handle(slot: number): void {
    const pair = slot - this.#slots;
    if (pair & 1) this.registrations.isDue(pair >> 1);
    else this.#jobIsDue(pair >> 1);
  }

  #jobIsDue(element: number): void {
    const { queue, sharing, sessions } = this.#world;
    sharing.advance(element, queue.now);
    if (this.cookies.sendDue(element)) {
      this.#scheduleJobs(element);
      return;
    }
    const session = sharing.first(element);
    this.cookies.catchUp(element, session, true);
    sharing.remove(element, session);
    sessions.finished(session);
    this.#jobsChanged(element);
  }

  /** Lets a fault bite. @returns the earliest time at which the element can be back */
  inject(strike: Strike, host: number): number {
    const { queue, delay, sharing, sessions } = this.#world;
    const element = this.#elementAt[host]!;
    const clean = strike.kind === 'shutdown';
    const at = recordLength * element;
    this.#starts[element] = -this.#starts[element]!;
    this.#records[at + upSeconds]! += queue.now - this.#records[at + upSince]!;
    const deaths = this.#deaths[element];
    if (deaths) deaths[this.incarnationOf(element)] = { strike, diedAt: queue.now };
    if (clean) this.registrations.withdraw(element);
    else this.registrations.elementDied(element);
    sharing.advance(element, queue.now);
    for (let session = sharing.first(element); session >= 0; session = sharing.after(session)) {
      const progress = sharing.progress(element, session);
      if (clean) this.cookies.sendLast(element, session);
      if (clean) sessions.elementLeft(session);
      else sessions.elementDied(session, this.cookies.loseRest(element, session, progress));
    }
    sharing.clear(element);
    queue.cancel(this.#slots + 2 * element);
    // A clean shutdown ends with the acknowledgement of the deregistration.
    return clean ? queue.now + 2 * delay : queue.now;
  }

  heal(host: number): void {
    const element = this.#elementAt[host]!;
    if (!this.#isUp(element)) this.start(element);
  }

  /** Brings the cookies sent and the work done up to now. */
  settle(): void {
    const { queue, sharing } = this.#world;
    for (let element = 0; element < this.count; element++) {
      sharing.advance(element, queue.now);
      for (let session = sharing.first(element); session >= 0; session = sharing.after(session)) {
        this.cookies.catchUp(element, session);
      }
    }
  }

  /** The window begins: what was done until now does not count. */
  beginWindow(): void {
    for (let element = 0; element < this.count; element++) {
      this.#records[recordLength * element + upBefore] = this.#upUntilNow(element);
      this.#records[recordLength * element + busyBefore] = this.#world.sharing.busySeconds(element);
    }
  }

  /** What the elements did since the window began. */
  work(): ElementWork {
    const capacities = this.#roles.map(({ capacity }) => capacity);
    const before = (element: number, field: number) => this.#records[recordLength * element + field]!;
    const busy = (element: number) => this.#world.sharing.busySeconds(element) - before(element, busyBefore);
    return {
      capacities,
      calculations: capacities.map((capacity, element) => capacity * busy(element)),
      upSeconds: capacities.map((_, element) => this.#upUntilNow(element) - before(element, upBefore)),
    };
  }

  #isUp(element: number): boolean {
    return this.#starts[element]! > 0;
  }

  #upUntilNow(element: number): number {
    const at = recordLength * element;
    const current = this.#isUp(element) ? this.#world.queue.now - this.#records[at + upSince]! : 0;
    return this.#records[at + upSeconds]! + current;
  }

  #jobsChanged(element: number): void {
    this.#scheduleJobs(element);
    this.registrations.loadChanged(element);
  }

  #scheduleJobs(element: number): void {
    const { queue, sharing } = this.#world;
    const first = sharing.first(element);
    if (first < 0) {
      queue.cancel(this.#slots + 2 * element);
      return;
    }
    const done = sharing.timeOfLevel(element, sharing.endLevel(first));
    queue.schedule(this.#slots + 2 * element, Math.min(done, this.cookies.nextDue(element)));
  }

  readonly #acknowledged = (which: number): void => {
    const element = which % this.count;
    if (this.isAt(element, Math.floor(which / this.count))) this.#world.faults.ready(this.#hosts[element]!);
  };
}
