import { hostsWith } from '../../experiment/plan.js';
import type { PoolElement } from '../../experiment/role.js';
import type { Strike } from '../faults.js';
import type { ElementWork } from '../metrics.js';
import { isAdaptive } from '../policy.js';
import { Roles } from '../roles.js';
import { Cookies } from './cookies.js';
import type { World } from './world.js';

/** An element renews its registration so long before it expires, seconds. */
const renewalMargin = 20;

/** The numbers of an element lie side by side, as what is used together should be fetched together. */
const recordLength = 8;
const maxRequests = 0;
/** Seconds from a registration to its renewal, if nothing else is sent. */
const renewal = 1;
/** When the newest registration was sent, and the load it says. */
const sentAt = 2;
const announced = 3;
const upSince = 4;
/** Up-time of incarnations that have ended, seconds. */
const upSeconds = 5;
/** Seconds up, and seconds busy, before the window. */
const upBefore = 6;
const busyBefore = 7;

const identityLength = 4;
const incarnation = 0;
/** Slot of the incarnation's entry in the registrar. */
const slot = 1;
/** Whose registration the newest renewal was. */
const renewedIncarnation = 2;
const renewedSlot = 3;

/** How an incarnation of an element ended. */
interface Death {
  readonly strike: Strike | null;
  readonly diedAt: number;
}
const alive: Death = { strike: null, diedAt: Number.POSITIVE_INFINITY };

/** The pool elements: the jobs they share their capacity among, their registrations, their deaths and returns. */
export class Elements {
  readonly cookies: Cookies;
  readonly #world: World;
  readonly #roles: Roles<PoolElement>;
  readonly #names: string[];
  /** Place of each element in the plan, and the element at a place, else −1. */
  readonly #hosts: Int32Array;
  readonly #elementAt: Int32Array;
  readonly #jobSlots: number;
  readonly #sendingSlots: number;
  readonly #arrivalSlots: number;
  readonly #up: Uint8Array;
  readonly #adaptive: Uint8Array;
  /** Whether a renewed registration is on its way. */
  readonly #inFlight: Uint8Array;
  /** Whether the load has changed since the last registration was sent. */
  readonly #changed: Uint8Array;
  readonly #records: Float64Array;
  readonly #identities: Int32Array;
  /** Deaths of each element's incarnations, for the recorder. */
  readonly #deaths: Death[][];
  /** Work that a silent death took from a user's request, calculations. */
  readonly #lost: Float64Array;

  constructor(world: World, users: number) {
    const hosts = hostsWith(world.plan, 'poolElement');
    const count = hosts.length;
    this.#world = world;
    this.#roles = new Roles(hosts);
    this.#names = hosts.map(({ name }) => name);
    let found = 0;
    this.#elementAt = Int32Array.from(world.plan.hosts, ({ role }) => (role.kind === 'poolElement' ? found++ : -1));
    this.#hosts = new Int32Array(count);
    for (const [host, element] of this.#elementAt.entries()) if (element >= 0) this.#hosts[element] = host;
    this.#jobSlots = users;
    this.#sendingSlots = users + count;
    this.#arrivalSlots = users + 2 * count;
    this.#up = new Uint8Array(count);
    this.#adaptive = Uint8Array.from(this.#roles.map(({ policy }) => (isAdaptive(policy) ? 1 : 0)));
    this.#inFlight = new Uint8Array(count);
    this.#changed = new Uint8Array(count);
    this.#records = new Float64Array(recordLength * count);
    this.#identities = new Int32Array(identityLength * count);
    for (let element = 0; element < count; element++) {
      const role = this.#roles.of(element);
      this.#records[recordLength * element + maxRequests] = role.maxRequests;
      this.#records[recordLength * element + renewal] = renewalOf(role.registrationLife);
    }
    this.#deaths = world.recorder ? this.#names.map(() => []) : [];
    this.#lost = new Float64Array(users);
    this.cookies = new Cookies(world, this.#roles);
  }

  get count(): number {
    return this.#roles.count;
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
  isAt(element: number, started: number): boolean {
    return this.#up[element] === 1 && this.#identities[identityLength * element + incarnation] === started;
  }

  isFull(element: number): boolean {
    return this.#world.sharing.jobs(element) >= this.#records[recordLength * element + maxRequests]!;
  }

  /** How this incarnation ended; known only to a run that is recorded. */
  deathOf(element: number, ended: number): Death {
    return this.#deaths[element]?.[ended] ?? alive;
  }

  /** Work that the last silent death took from the user's request, calculations. */
  lostWork(user: number): number {
    return this.#lost[user]!;
  }

  /** The process starts under a new address and identity, and registers. */
  start(element: number): void {
    const { queue, delay, registrar } = this.#world;
    const { now } = queue;
    this.#up[element] = 1;
    const started = ++this.#identities[identityLength * element + incarnation]!;
    const pool = registrar.poolNumber(this.#roles.of(element).pool);
    this.#identities[identityLength * element + slot] = registrar.announce(pool, element, started);
    this.#records[recordLength * element + upSince] = now;
    this.#records[recordLength * element + sentAt] = now;
    this.#inFlight[element] = 0;
    this.#changed[element] = 0;
    queue.schedule(this.#sendingSlots + element, now + this.#records[recordLength * element + renewal]!);
    // Up-times count from the acknowledgement of the registration.
    queue.call(now + 2 * delay, this.#acknowledged, started * this.count + element);
  }

  /** Takes a request, from its beginning or from where its user's cookie says. */
  serve(element: number, user: number, size: number): void {
    const { queue, sharing } = this.#world;
    sharing.advance(element, queue.now);
    sharing.add(element, user, size - this.#world.users.secured(user));
    this.#jobsChanged(element);
  }

  /** An element's slot came up: something about its jobs, or its registration. */
  handle(event: number): void {
    if (event >= this.#arrivalSlots) this.#registrationArrives(event - this.#arrivalSlots);
    else if (event >= this.#sendingSlots) this.#registrationDue(event - this.#sendingSlots);
    else this.#handleJobs(event - this.#jobSlots);
  }

  /** Lets a fault bite. @returns the earliest time at which the element can be back */
  inject(strike: Strike, host: number): number {
    const { queue, delay, sharing, registrar, users } = this.#world;
    const element = this.#elementAt[host]!;
    const entry = this.#identities[identityLength * element + slot]!;
    const clean = strike.kind === 'shutdown';
    const at = recordLength * element;
    this.#up[element] = 0;
    this.#records[at + upSeconds]! += queue.now - this.#records[at + upSince]!;
    const ended = this.#identities[identityLength * element + incarnation]!;
    if (this.#deaths[element]) this.#deaths[element]![ended] = { strike, diedAt: queue.now };
    queue.cancel(this.#sendingSlots + element);
    if (clean) queue.call(queue.now + delay, this.#deregisters, element);
    else registrar.elementDied(entry);
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

  #upUntilNow(element: number): number {
    const at = recordLength * element;
    const current = this.#up[element] === 1 ? this.#world.queue.now - this.#records[at + upSince]! : 0;
    return this.#records[at + upSeconds]! + current;
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
    const possibleAt = this.#records[recordLength * element + sentAt]! + 2 * delay;
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
    const renewAt = this.#renewalTime(element);
    if (this.#changed[element] === 1 || queue.now >= renewAt) this.#register(element);
    // What was sent in the meantime has moved the renewal; moving its event each time would cost more than this.
    else queue.schedule(this.#sendingSlots + element, renewAt);
  }

  #renewalTime(element: number): number {
    return this.#records[recordLength * element + sentAt]! + this.#records[recordLength * element + renewal]!;
  }

  #register(element: number): void {
    const { queue, sharing } = this.#world;
    const at = recordLength * element;
    this.#records[at + announced] = sharing.jobs(element) / this.#records[at + maxRequests]!;
    this.#records[at + sentAt] = queue.now;
    this.#inFlight[element] = 1;
    this.#changed[element] = 0;
    const identities = this.#identities;
    const own = identityLength * element;
    identities[own + renewedSlot] = identities[own + slot]!;
    identities[own + renewedIncarnation] = identities[own + incarnation]!;
    queue.afterDelay(this.#arrivalSlots + element);
  }

  #registrationArrives(element: number): void {
    const { queue, delay, registrar } = this.#world;
    const entry = this.#identities[identityLength * element + renewedSlot]!;
    const renewed = this.#identities[identityLength * element + renewedIncarnation]!;
    const load = this.#records[recordLength * element + announced]!;
    if (!this.isAt(element, renewed)) {
      // What was on its way arrives although its sender is dead.
      if (registrar.isRegistered(entry, element, renewed)) registrar.register(entry, load);
      return;
    }
    registrar.register(entry, load);
    this.#inFlight[element] = 0;
    const sending = this.#sendingSlots + element;
    if (this.#changed[element] === 1) {
      queue.schedule(sending, this.#records[recordLength * element + sentAt]! + 2 * delay);
    } else if (!queue.isScheduled(sending)) queue.schedule(sending, this.#renewalTime(element));
  }

  readonly #acknowledged = (which: number): void => {
    const element = which % this.count;
    if (this.isAt(element, Math.floor(which / this.count))) this.#world.faults.ready(this.#hosts[element]!);
  };

  readonly #deregisters = (element: number): void => {
    const { registrar } = this.#world;
    const entry = this.#identities[identityLength * element + slot]!;
    const ended = this.#identities[identityLength * element + incarnation]!;
    if (registrar.isRegistered(entry, element, ended)) registrar.remove(entry);
  };
}

const renewalOf = (life: number): number => Math.max(life - renewalMargin, life / 2);
