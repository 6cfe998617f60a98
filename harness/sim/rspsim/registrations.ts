import type { PoolElement } from '../../experiment/role.js';
import { isAdaptive } from '../../protocol/policy.js';
import type { Roles } from '../roles.js';
import type { World } from './world.js';

/** An element renews its registration so long before it expires, seconds. */
const renewalMargin = 20;

/**
 * What is kept of an element lies side by side, as what is used together should be fetched together: two numbers, and
 * four integers in the room of two more.
 */
const recordLength = 4;
/** When the newest registration was sent, and the load it says. */
const sentAt = 0;
const load = 1;
const integersLength = 2 * recordLength;
/** Slot of the element's entry in the registrar. */
const slot = 4;
/** Whose registration the newest renewal was. */
const renewedSlot = 5;
const renewedIncarnation = 6;
/** Whether a renewed registration is on its way, and whether the load has changed since the last one was sent. */
const state = 7;
enum State {
  Quiet = 0,
  InFlight = 1,
  Changed = 2,
}

/** The elements' side of their registrations: the first of each incarnation, its renewals, updates of the load. */
export class Registrations {
  readonly #world: World;
  readonly #roles: Roles<PoolElement>;
  /** Event slots of the first element: the next sending of its registration, every other one, and the arrival. */
  readonly #sendingSlots: number;
  readonly #arrivalSlots: number;
  /** Whether elements of each kind tell about their load. */
  readonly #adaptive: Float64Array;
  /** Of each kind: seconds from a registration to its renewal, if nothing else is sent; requests at full load. */
  readonly #renewals: Float64Array;
  readonly #maxRequests: Float64Array;
  readonly #records: Float64Array;
  /** The records again, seen as integers. */
  readonly #integers: Int32Array;

  constructor(world: World, roles: Roles<PoolElement>, firstSending: number, firstArrival: number) {
    const { count } = roles;
    this.#world = world;
    this.#roles = roles;
    this.#sendingSlots = firstSending;
    this.#arrivalSlots = firstArrival;
    this.#adaptive = roles.ofKinds(({ policy }) => (isAdaptive(policy) ? 1 : 0));
    this.#renewals = roles.ofKinds(({ registrationLife }) => renewalOf(registrationLife));
    this.#maxRequests = roles.ofKinds(({ maxRequests }) => maxRequests);
    this.#records = new Float64Array(recordLength * count);
    this.#integers = new Int32Array(this.#records.buffer);
  }

  /** An incarnation of an element registers for the first time. */
  start(element: number, incarnation: number): void {
    const { queue, registrar } = this.#world;
    const pool = registrar.poolNumber(this.#roles.of(element).pool);
    this.#integers[integersLength * element + slot] = registrar.announce(pool, element, incarnation);
    this.#records[recordLength * element + sentAt] = queue.now;
    this.#integers[integersLength * element + state] = State.Quiet;
    queue.schedule(this.#sendingSlots + 2 * element, this.#renewalTime(element));
  }

  /** The element shuts down and deregisters. */
  withdraw(element: number): void {
    const { queue, delay } = this.#world;
    queue.cancel(this.#sendingSlots + 2 * element);
    queue.call(queue.now + delay, this.#deregisters, element);
  }

  /** The element died silently: it is for the registrar to find out. */
  elementDied(element: number): void {
    const { queue, registrar } = this.#world;
    queue.cancel(this.#sendingSlots + 2 * element);
    registrar.elementDied(this.#integers[integersLength * element + slot]!);
  }

  /** Another number of jobs: an element with an adaptive policy says so at once. */
  loadChanged(element: number): void {
    if (this.#adaptive[this.#roles.kindOf(element)] === 0) return;
    const at = integersLength * element + state;
    this.#integers[at]! |= State.Changed;
    if (this.#integers[at]! & State.InFlight) return;
    // Only one registration may be outstanding; its answer takes a round trip.
    const { queue, delay } = this.#world;
    const possibleAt = this.#records[recordLength * element + sentAt]! + 2 * delay;
    if (queue.now >= possibleAt) this.#send(element);
    else queue.schedule(this.#sendingSlots + 2 * element, possibleAt);
  }

  /** Time to register again: the load has changed, or nothing has been sent for long. */
  isDue(element: number): void {
    const { queue } = this.#world;
    const now = this.#integers[integersLength * element + state]! as State;
    // What is on its way decides, when it arrives, about the next.
    if (now & State.InFlight) return;
    const renewAt = this.#renewalTime(element);
    if (now & State.Changed || queue.now >= renewAt) this.#send(element);
    // What was sent in the meantime has moved the renewal; moving its event each time would cost more than this.
    else queue.schedule(this.#sendingSlots + 2 * element, renewAt);
  }

  #renewalTime(element: number): number {
    return this.#records[recordLength * element + sentAt]! + this.#renewals[this.#roles.kindOf(element)]!;
  }

  #send(element: number): void {
    const { queue, sharing, elements } = this.#world;
    const at = recordLength * element;
    this.#records[at + load] = sharing.jobs(element) / this.#maxRequests[this.#roles.kindOf(element)]!;
    this.#records[at + sentAt] = queue.now;
    const own = integersLength * element;
    this.#integers[own + state] = State.InFlight;
    this.#integers[own + renewedSlot] = this.#integers[own + slot]!;
    this.#integers[own + renewedIncarnation] = elements.incarnationOf(element);
    queue.afterDelay(this.#arrivalSlots + element);
  }

  /** The event slot of an arrival came up. */
  arrives(event: number): void {
    const { queue, delay, registrar, elements } = this.#world;
    const element = event - this.#arrivalSlots;
    const at = recordLength * element;
    const entry = this.#integers[integersLength * element + renewedSlot]!;
    const renewed = this.#integers[integersLength * element + renewedIncarnation]!;
    if (!elements.isAt(element, renewed)) {
      // What was on its way arrives although its sender is dead.
      if (registrar.isRegistered(entry, element, renewed)) registrar.register(entry, this.#records[at + load]!);
      return;
    }
    registrar.register(entry, this.#records[at + load]!);
    this.#integers[integersLength * element + state]! &= ~State.InFlight;
    const sending = this.#sendingSlots + 2 * element;
    if (this.#integers[integersLength * element + state]! & State.Changed)
      queue.schedule(sending, this.#records[at + sentAt]! + 2 * delay);
    else if (!queue.isScheduled(sending)) queue.schedule(sending, this.#renewalTime(element));
  }

  readonly #deregisters = (element: number): void => {
    const { registrar, elements } = this.#world;
    const entry = this.#integers[integersLength * element + slot]!;
    if (registrar.isRegistered(entry, element, elements.incarnationOf(element))) registrar.remove(entry);
  };
}

const renewalOf = (life: number): number => Math.max(life - renewalMargin, life / 2);
