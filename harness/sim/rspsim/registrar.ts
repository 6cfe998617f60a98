import { hostsWith } from '../../experiment/plan.js';
import type { Policy } from '../../experiment/policy.js';
import type { Registrar as RegistrarRole } from '../../experiment/role.js';
import { type PoolPolicy, poolPolicy } from '../../protocol/policy.js';
import type { World } from './world.js';

/**
 * An entry is known by the number of its slot, which is free again once it is removed: who holds on to one tells by
 * element and incarnation whether it is still the same. Two times lie side by side with six integers, in the room of
 * three more numbers.
 */
const timesLength = 5;
/** When the registration arrived: the endpoint keep-alives count from here. */
const registeredAt = 0;
const renewedAt = 1;

const recordLength = 2 * timesLength;
const pool = 4;
const element = 5;
/** How often the element had started when it registered: a later start is a stranger at another address. */
const incarnation = 6;
const registered = 7;
const badReports = 8;
/** Handle of the removal to come, once the element is dead. */
const removal = 9;
const none = -1;

/** The handlespace, who gets removed from it, and when. */
export class Registrar {
  readonly #world: World;
  readonly #role: RegistrarRole;
  readonly #pools = new Map<string, number>();
  readonly #policies: PoolPolicy[] = [];
  readonly #policyOf: readonly Policy[];
  readonly #lives: readonly number[];
  readonly #maxBadReports: number;
  #slots = 0;
  readonly #freeSlots: number[] = [];
  #times = new Float64Array(0);
  /** The times again, seen as integers, with the records between them. */
  #records = new Int32Array(0);

  constructor(world: World) {
    const elements = hostsWith(world.plan, 'poolElement');
    this.#world = world;
    this.#role = hostsWith(world.plan, 'registrar')[0]!.role;
    this.#maxBadReports = this.#role.maxBadPeReports ?? Number.POSITIVE_INFINITY;
    this.#policyOf = elements.map(({ role }) => role.policy);
    this.#lives = elements.map(({ role }) => role.registrationLife);
    for (const { role } of elements) {
      if (this.#pools.has(role.pool)) continue;
      this.#pools.set(role.pool, this.#policies.length);
      this.#policies.push(poolPolicy(role.policy, world.random.fork('policy', role.pool)));
    }
    this.#reserve(2 * elements.length);
  }

  /** Number of a pool; −1 when no element belongs to it. */
  poolNumber(name: string): number {
    return this.#pools.get(name) ?? none;
  }

  /** The registration of an element that starts; it arrives after one delay. @returns its entry's slot */
  announce(poolNumber: number, elementNumber: number, incarnationNumber: number): number {
    const { queue, delay } = this.#world;
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    if (timesLength * slot >= this.#times.length) this.#reserve(2 * slot);
    const at = recordLength * slot;
    this.#records[at + pool] = poolNumber;
    this.#records[at + element] = elementNumber;
    this.#records[at + incarnation] = incarnationNumber;
    this.#records[at + registered] = 0;
    this.#records[at + badReports] = 0;
    this.#records[at + removal] = none;
    this.#times[timesLength * slot + registeredAt] = queue.now + delay;
    this.#times[timesLength * slot + renewedAt] = queue.now + delay;
    queue.call(queue.now + delay, this.#arrives, slot);
    return slot;
  }

  elementOf(slot: number): number {
    return this.#records[recordLength * slot + element]!;
  }

  incarnationOf(slot: number): number {
    return this.#records[recordLength * slot + incarnation]!;
  }

  /** Whether the slot's entry stands and is this incarnation's of this element. */
  isRegistered(slot: number, elementNumber: number, incarnationNumber: number): boolean {
    const at = recordLength * slot;
    const records = this.#records;
    return (
      records[at + registered] === 1 &&
      records[at + element] === elementNumber &&
      records[at + incarnation] === incarnationNumber
    );
  }

  /** A registration, first or renewed, arrives. */
  register(slot: number, load: number): void {
    const { queue, counters } = this.#world;
    const at = recordLength * slot;
    const policy = this.#policies[this.#records[at + pool]!]!;
    counters.registrations++;
    this.#times[timesLength * slot + renewedAt] = queue.now;
    if (this.#records[at + registered] === 1) policy.update(slot, load);
    else policy.add(slot, this.#policyOf[this.#records[at + element]!]!, load);
    this.#records[at + registered] = 1;
  }

  /** Chooses an entry of the pool. @returns its slot; −1 when there is none */
  select(poolNumber: number): number {
    return poolNumber < 0 ? none : this.#policies[poolNumber]!.select();
  }

  /** A user found the element of a standing entry unreachable. */
  report(slot: number): void {
    const reports = ++this.#records[recordLength * slot + badReports]!;
    if (reports >= this.#maxBadReports) this.remove(slot);
  }

  /**
   * The element of this entry died silently now: it goes when an endpoint keep-alive stays unanswered or when the
   * registration expires. Keep-alives have a known phase: the first leaves one interval after the registration, each
   * further one an interval after the answer to the one before.
   */
  elementDied(slot: number): void {
    const { queue, delay } = this.#world;
    const { endpointKeepAliveInterval: interval, endpointKeepAliveTimeout: timeout } = this.#role;
    const arrivedAt = this.#times[timesLength * slot + registeredAt]!;
    const noticedAt = firstUnanswered(arrivedAt, interval, delay, queue.now) + timeout;
    const expiresAt = this.#times[timesLength * slot + renewedAt]! + this.#lives[this.elementOf(slot)]!;
    const action = noticedAt <= expiresAt ? this.#unanswered : this.#expires;
    const handle = queue.call(Math.max(queue.now, Math.min(noticedAt, expiresAt)), action, slot);
    this.#records[recordLength * slot + removal] = handle;
  }

  /** Removes an entry that stands. */
  remove(slot: number): void {
    const at = recordLength * slot;
    const handle = this.#records[at + removal]!;
    if (handle !== none) this.#world.queue.revoke(handle);
    this.#records[at + removal] = none;
    this.#records[at + registered] = 0;
    this.#policies[this.#records[at + pool]!]!.remove(slot);
    this.#freeSlots.push(slot);
  }

  readonly #arrives = (slot: number): void => this.register(slot, 0);

  readonly #unanswered = (slot: number): void => {
    this.#world.counters.endpointKeepAliveTimeouts++;
    this.#expires(slot);
  };

  readonly #expires = (slot: number): void => {
    this.#records[recordLength * slot + removal] = none;
    this.remove(slot);
  };

  #reserve(slots: number): void {
    const times = this.#times;
    this.#times = new Float64Array(timesLength * Math.max(16, slots));
    this.#times.set(times);
    this.#records = new Int32Array(this.#times.buffer);
  }
}

/**
 * When the first keep-alive leaves that reaches a component after it died. The first of all leaves one interval after
 * `start`, each further one an interval after the answer, a round trip later, to the one before.
 */
export function firstUnanswered(start: number, interval: number, delay: number, diedAt: number): number {
  const period = interval + 2 * delay;
  const missed = Math.floor((diedAt - start - interval - delay) / period) + 1;
  return start + interval + Math.max(0, missed) * period;
}
