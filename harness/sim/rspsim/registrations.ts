import type { PoolElement } from '../../experiment/role.js';
import { isAdaptive } from '../policy.js';
import type { Roles } from '../roles.js';
import type { World } from './world.js';

/** An element renews its registration so long before it expires, seconds. */
const renewalMargin = 20;

/** The numbers of an element lie side by side, as what is used together should be fetched together. */
const recordLength = 4;
/** Seconds from a registration to its renewal, if nothing else is sent. */
const renewal = 0;
/** When the newest registration was sent, and the load it says. */
const sentAt = 1;
const load = 2;
const maxRequests = 3;

const identityLength = 4;
/** Slot of the element's entry in the registrar. */
const slot = 0;
/** Whose registration the newest renewal was. */
const renewedSlot = 1;
const renewedIncarnation = 2;
/** Whether a renewed registration is on its way, and whether the load has changed since the last one was sent. */
const state = 3;
enum State {
  Quiet = 0,
  InFlight = 1,
  Changed = 2,
}

/** The elements' side of their registrations: the first of each incarnation, its renewals, updates of the load. */
export class Registrations {
  readonly #world: World;
  readonly #roles: Roles<PoolElement>;
  /** Event slots of the first element: the next sending of its registration, and the arrival of one. */
  readonly #sendingSlots: number;
  readonly #arrivalSlots: number;
  /** Whether elements of each kind tell about their load. */
  readonly #adaptive: Float64Array;
  readonly #records: Float64Array;
  readonly #identities: Int32Array;

  constructor(world: World, roles: Roles<PoolElement>, firstSlot: number) {
    const { count } = roles;
    this.#world = world;
    this.#roles = roles;
    this.#sendingSlots = firstSlot;
    this.#arrivalSlots = firstSlot + count;
    this.#adaptive = roles.ofKinds(({ policy }) => (isAdaptive(policy) ? 1 : 0));
    this.#records = new Float64Array(recordLength * count);
    this.#identities = new Int32Array(identityLength * count);
    for (let element = 0; element < count; element++) {
      const role = roles.of(element);
      this.#records[recordLength * element + renewal] = renewalOf(role.registrationLife);
      this.#records[recordLength * element + maxRequests] = role.maxRequests;
    }
  }

  /** An incarnation of an element registers for the first time. */
  start(element: number, incarnation: number): void {
    const { queue, registrar } = this.#world;
    const pool = registrar.poolNumber(this.#roles.of(element).pool);
    this.#identities[identityLength * element + slot] = registrar.announce(pool, element, incarnation);
    this.#records[recordLength * element + sentAt] = queue.now;
    this.#identities[identityLength * element + state] = State.Quiet;
    queue.schedule(this.#sendingSlots + element, this.#renewalTime(element));
  }

  /** The element shuts down and deregisters. */
  withdraw(element: number): void {
    const { queue, delay } = this.#world;
    queue.cancel(this.#sendingSlots + element);
    queue.call(queue.now + delay, this.#deregisters, element);
  }

  /** The element died silently: it is for the registrar to find out. */
  elementDied(element: number): void {
    const { queue, registrar } = this.#world;
    queue.cancel(this.#sendingSlots + element);
    registrar.elementDied(this.#identities[identityLength * element + slot]!);
  }

  /** Another number of jobs: an element with an adaptive policy says so at once. */
  loadChanged(element: number): void {
    if (this.#adaptive[this.#roles.kindOf(element)] === 0) return;
    const at = identityLength * element + state;
    this.#identities[at]! |= State.Changed;
    if (this.#identities[at]! & State.InFlight) return;
    // Only one registration may be outstanding; its answer takes a round trip.
    const { queue, delay } = this.#world;
    const possibleAt = this.#records[recordLength * element + sentAt]! + 2 * delay;
    if (queue.now >= possibleAt) this.#send(element);
    else queue.schedule(this.#sendingSlots + element, possibleAt);
  }

  /** One of an element's event slots came up. */
  handle(event: number): void {
    if (event >= this.#arrivalSlots) this.#arrives(event - this.#arrivalSlots);
    else this.#isDue(event - this.#sendingSlots);
  }

  /** Time to register again: the load has changed, or nothing has been sent for long. */
  #isDue(element: number): void {
    const { queue } = this.#world;
    const now = this.#identities[identityLength * element + state]! as State;
    // What is on its way decides, when it arrives, about the next.
    if (now & State.InFlight) return;
    const renewAt = this.#renewalTime(element);
    if (now & State.Changed || queue.now >= renewAt) this.#send(element);
    // What was sent in the meantime has moved the renewal; moving its event each time would cost more than this.
    else queue.schedule(this.#sendingSlots + element, renewAt);
  }

  #renewalTime(element: number): number {
    return this.#records[recordLength * element + sentAt]! + this.#records[recordLength * element + renewal]!;
  }

  #send(element: number): void {
    const { queue, sharing, elements } = this.#world;
    const at = recordLength * element;
    this.#records[at + load] = sharing.jobs(element) / this.#records[at + maxRequests]!;
    this.#records[at + sentAt] = queue.now;
    const own = identityLength * element;
    this.#identities[own + state] = State.InFlight;
    this.#identities[own + renewedSlot] = this.#identities[own + slot]!;
    this.#identities[own + renewedIncarnation] = elements.incarnationOf(element);
    queue.afterDelay(this.#arrivalSlots + element);
  }

  #arrives(element: number): void {
    const { queue, delay, registrar, elements } = this.#world;
    const at = recordLength * element;
    const entry = this.#identities[identityLength * element + renewedSlot]!;
    const renewed = this.#identities[identityLength * element + renewedIncarnation]!;
    if (!elements.isAt(element, renewed)) {
      // What was on its way arrives although its sender is dead.
      if (registrar.isRegistered(entry, element, renewed)) registrar.register(entry, this.#records[at + load]!);
      return;
    }
    registrar.register(entry, this.#records[at + load]!);
    this.#identities[identityLength * element + state]! &= ~State.InFlight;
    const sending = this.#sendingSlots + element;
    if (this.#identities[identityLength * element + state]! & State.Changed)
      queue.schedule(sending, this.#records[at + sentAt]! + 2 * delay);
    else if (!queue.isScheduled(sending)) queue.schedule(sending, this.#renewalTime(element));
  }

  readonly #deregisters = (element: number): void => {
    const { registrar, elements } = this.#world;
    const entry = this.#identities[identityLength * element + slot]!;
    if (registrar.isRegistered(entry, element, elements.incarnationOf(element))) registrar.remove(entry);
  };
}

const renewalOf = (life: number): number => Math.max(life - renewalMargin, life / 2);
