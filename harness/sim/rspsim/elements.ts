import { hostsWith } from '../../experiment/plan.js';
import type { PoolElement } from '../../experiment/role.js';
import type { Strike } from '../faults.js';
import type { ElementWork } from '../metrics.js';
import { isAdaptive } from '../policy.js';
import { rolesOf } from '../roles.js';
import { Cookies } from './cookies.js';
import type { Entry } from './registrar.js';
import type { World } from './world.js';

/** An element renews its registration so long before it expires, seconds. */
const renewalMargin = 20;

/** The pool elements: the jobs they share their capacity among, their registrations, their deaths and returns. */
export class Elements {
  readonly cookies: Cookies;
  readonly #world: World;
  readonly #roles: PoolElement[];
  readonly #names: string[];
  /** Place of each element in the plan, and the element at a place, else −1. */
  readonly #hosts: Int32Array;
  readonly #elementAt: Int32Array;
  readonly #jobSlots: number;
  readonly #sendingSlots: number;
  readonly #arrivalSlots: number;
  readonly #up: Uint8Array;
  readonly #incarnations: Int32Array;
  readonly #entries: (Entry | undefined)[] = [];
  readonly #adaptive: Uint8Array;
  readonly #maxRequests: Float64Array;
  readonly #lives: Float64Array;
  /** Seconds from a registration to its renewal, if nothing else is sent. */
  readonly #renewals: Float64Array;
  /** Whether a renewed registration is on its way. */
  readonly #inFlight: Uint8Array;
  /** Whose registration the newest renewal was. */
  readonly #renewed: (Entry | undefined)[] = [];
  /** Whether the load has changed since the last registration was sent. */
  readonly #changed: Uint8Array;
  readonly #sentAt: Float64Array;
  readonly #announced: Float64Array;
  readonly #upSince: Float64Array;
  /** Seconds up, and seconds busy, before the window; up-time of incarnations that have ended. */
  readonly #upBefore: Float64Array;
  readonly #busyBefore: Float64Array;
  readonly #upSeconds: Float64Array;
  /** Work that a silent death took from a user's request, calculations. */
  readonly #lost: Float64Array;

  constructor(world: World, users: number) {
    const hosts = hostsWith(world.plan, 'poolElement');
    const count = hosts.length;
    this.#world = world;
    this.#roles = rolesOf(hosts);
    this.#names = hosts.map(({ name }) => name);
    let found = 0;
    this.#elementAt = Int32Array.from(world.plan.hosts, ({ role }) => (role.kind === 'poolElement' ? found++ : -1));
    this.#hosts = new Int32Array(count);
    for (const [host, element] of this.#elementAt.entries()) if (element >= 0) this.#hosts[element] = host;
    this.#jobSlots = users;
    this.#sendingSlots = users + count;
    this.#arrivalSlots = users + 2 * count;
    this.#up = new Uint8Array(count);
    this.#incarnations = new Int32Array(count);
    this.#adaptive = Uint8Array.from(this.#roles, ({ policy }) => (isAdaptive(policy) ? 1 : 0));
    this.#maxRequests = Float64Array.from(this.#roles, ({ maxRequests }) => maxRequests);
    this.#lives = Float64Array.from(this.#roles, ({ registrationLife }) => registrationLife);
    this.#renewals = Float64Array.from(this.#roles, ({ registrationLife }) => renewalOf(registrationLife));
    this.#inFlight = new Uint8Array(count);
    this.#changed = new Uint8Array(count);
    this.#sentAt = new Float64Array(count);
    this.#announced = new Float64Array(count);
    this.#upSince = new Float64Array(count);
    this.#upBefore = new Float64Array(count);
    this.#busyBefore = new Float64Array(count);
    this.#upSeconds = new Float64Array(count);
    this.#lost = new Float64Array(users);
    this.cookies = new Cookies(world, this.#roles, users);
  }

  get count(): number {
    return this.#roles.length;
  }

  nameOf(element: number): string {
    return this.#names[element]!;
  }

  /** Whether the plan's host of this number is an element that is up, and whether it has jobs. */
  isUpHost(host: number): boolean {
    return this.#up[this.#elementAt[host]!] === 1;
  }

  isBusyHost(host: number): boolean {
    const element = this.#elementAt[host]!;
    return element >= 0 && this.#world.sharing.jobs(element) > 0;
  }

  /** Whether this incarnation of the element still listens. */
  isAt(element: number, incarnation: number): boolean {
    return this.#up[element] === 1 && this.#incarnations[element] === incarnation;
  }

  isFull(element: number): boolean {
    return this.#world.sharing.jobs(element) >= this.#maxRequests[element]!;
  }

  /** Work that the last silent death took from the user's request, calculations. */
  lostWork(user: number): number {
    return this.#lost[user]!;
  }

  /** The process starts under a new address and identity, and registers. */
  start(element: number): void {
    const { queue, delay, registrar, faults } = this.#world;
    const role = this.#roles[element]!;
    this.#up[element] = 1;
    this.#upSince[element] = queue.now;
    const incarnation = ++this.#incarnations[element]!;
    this.#entries[element] = registrar.announce(registrar.poolNumber(role.pool), element, incarnation, role.policy);
    this.#sentAt[element] = queue.now;
    this.#inFlight[element] = 0;
    this.#changed[element] = 0;
    queue.schedule(this.#sendingSlots + element, queue.now + this.#renewals[element]!);
    // Up-times count from the acknowledgement of the registration.
    queue.call(queue.now + 2 * delay, () => {
      if (this.isAt(element, incarnation)) faults.ready(this.#hosts[element]!);
    });
  }

  /** Takes a request, from its beginning or from where its user's cookie says. */
  serve(element: number, user: number, size: number): void {
    const { queue, sharing } = this.#world;
    sharing.advance(element, queue.now);
    sharing.add(element, user, size - this.#world.users.secured(user));
    this.cookies.started(user);
    this.#jobsChanged(element);
  }

  /** An element's slot came up: something about its jobs, or its registration. */
  handle(slot: number): void {
    if (slot >= this.#arrivalSlots) this.#registrationArrives(slot - this.#arrivalSlots);
    else if (slot >= this.#sendingSlots) this.#registrationDue(slot - this.#sendingSlots);
    else this.#handleJobs(slot - this.#jobSlots);
  }

  /** Lets a fault bite. @returns the earliest time at which the element can be back */
  inject(strike: Strike, host: number): number {
    const { queue, delay, sharing, registrar, users } = this.#world;
    const element = this.#elementAt[host]!;
    const entry = this.#entries[element]!;
    const clean = strike.kind === 'shutdown';
    this.#up[element] = 0;
    this.#upSeconds[element]! += queue.now - this.#upSince[element]!;
    entry.strike = strike;
    entry.diedAt = queue.now;
    queue.cancel(this.#sendingSlots + element);
    if (clean) queue.call(queue.now + delay, () => registrar.remove(entry));
    else registrar.elementDied(entry, this.#lives[element]!);
    sharing.advance(element, queue.now);
    for (let user = sharing.first(element); user >= 0; user = sharing.after(user)) {
      const progress = sharing.progress(element, user);
      if (clean) this.cookies.sendLast(element, user);
      else this.#lost[user] = this.cookies.loseRest(element, user, progress);
      if (clean) users.elementLeft(user);
      else users.elementDied(user);
    }
    sharing.clear(element);
    queue.cancel(this.#jobSlots + element);
    // A clean shutdown ends with the acknowledgement of the deregistration.
    return clean ? queue.now + 2 * delay : queue.now;
  }

  heal(host: number): void {
    const element = this.#elementAt[host]!;
    if (this.#up[element] === 0) this.start(element);
  }

  /** Brings the cookies sent and the work done up to now. */
  settle(): void {
    const { queue, sharing } = this.#world;
    for (let element = 0; element < this.count; element++) {
      sharing.advance(element, queue.now);
      for (let user = sharing.first(element); user >= 0; user = sharing.after(user))
        this.cookies.catchUp(element, user);
    }
  }

  /** The window begins: what was done until now does not count. */
  beginWindow(): void {
    for (let element = 0; element < this.count; element++) {
      this.#upBefore[element] = this.#upUntilNow(element);
      this.#busyBefore[element] = this.#world.sharing.busySeconds(element);
    }
  }

  /** What the elements did since the window began. */
  work(): ElementWork {
    const capacities = this.#roles.map(({ capacity }) => capacity);
    const busy = (element: number) => this.#world.sharing.busySeconds(element) - this.#busyBefore[element]!;
    return {
      capacities,
      calculations: capacities.map((capacity, element) => capacity * busy(element)),
      upSeconds: capacities.map((_, element) => this.#upUntilNow(element) - this.#upBefore[element]!),
    };
  }

  #upUntilNow(element: number): number {
    const current = this.#up[element] === 1 ? this.#world.queue.now - this.#upSince[element]! : 0;
    return this.#upSeconds[element]! + current;
  }

  #handleJobs(element: number): void {
    const { queue, sharing, users } = this.#world;
    sharing.advance(element, queue.now);
    if (this.cookies.sendDue(element)) {
      this.#scheduleJobs(element);
      return;
    }
    const user = sharing.first(element);
    this.cookies.catchUp(element, user, true);
    sharing.remove(element, user);
    users.finished(user);
    this.#jobsChanged(element);
  }

  #jobsChanged(element: number): void {
    this.#scheduleJobs(element);
    if (this.#adaptive[element] === 0) return;
    this.#changed[element] = 1;
    if (this.#inFlight[element] === 1) return;
    // Only one registration may be outstanding; its answer takes a round trip.
    const { queue, delay } = this.#world;
    const possibleAt = this.#sentAt[element]! + 2 * delay;
    if (queue.now >= possibleAt) this.#register(element);
    else queue.schedule(this.#sendingSlots + element, possibleAt);
  }

  #scheduleJobs(element: number): void {
    const { queue, sharing } = this.#world;
    const first = sharing.first(element);
    if (first < 0) {
      queue.cancel(this.#jobSlots + element);
      return;
    }
    const done = sharing.timeOfLevel(element, sharing.endLevel(first));
    queue.schedule(this.#jobSlots + element, Math.min(done, this.cookies.nextDue(element)));
  }

  /** Time to register again: the load has changed, or nothing has been sent for long. */
  #registrationDue(element: number): void {
    const { queue } = this.#world;
    // What is on its way decides, when it arrives, about the next.
    if (this.#inFlight[element] === 1) return;
    const renewAt = this.#sentAt[element]! + this.#renewals[element]!;
    if (this.#changed[element] === 1 || queue.now >= renewAt) this.#register(element);
    // What was sent in the meantime has moved the renewal; moving its event each time would cost more than this.
    else queue.schedule(this.#sendingSlots + element, renewAt);
  }

  #register(element: number): void {
    const { queue, sharing } = this.#world;
    this.#announced[element] = sharing.jobs(element) / this.#maxRequests[element]!;
    this.#sentAt[element] = queue.now;
    this.#inFlight[element] = 1;
    this.#changed[element] = 0;
    this.#renewed[element] = this.#entries[element];
    queue.afterDelay(this.#arrivalSlots + element);
  }

  #registrationArrives(element: number): void {
    const { queue, delay, registrar } = this.#world;
    const entry = this.#renewed[element]!;
    if (!this.isAt(element, entry.incarnation)) {
      // What was on its way arrives although its sender is dead.
      if (entry.registered) registrar.register(entry, this.#announced[element]!);
      return;
    }
    registrar.register(entry, this.#announced[element]!);
    this.#inFlight[element] = 0;
    const slot = this.#sendingSlots + element;
    if (this.#changed[element] === 1) queue.schedule(slot, this.#sentAt[element]! + 2 * delay);
    else if (!queue.isScheduled(slot)) queue.schedule(slot, this.#sentAt[element]! + this.#renewals[element]!);
  }
}

const renewalOf = (life: number): number => Math.max(life - renewalMargin, life / 2);
