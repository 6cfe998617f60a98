import { hostsWith } from '../../experiment/plan.js';
import type { Policy } from '../../experiment/policy.js';
import type { Registrar as RegistrarRole } from '../../experiment/role.js';
import type { Strike } from '../faults.js';
import { type PoolPolicy, poolPolicy } from '../policy.js';
import type { World } from './world.js';

/** One registration of an element: what the registrar knows of it, and what became of the element. */
export interface Entry {
  /** Slot in the pool's policy; free again once the entry is removed. */
  readonly slot: number;
  readonly pool: number;
  readonly element: number;
  /** How often the element had started when it registered: a later start is a stranger at another address. */
  readonly incarnation: number;
  /** When the registration arrived; the endpoint keep-alives count from here. */
  readonly registeredAt: number;
  readonly policy: Policy;
  renewedAt: number;
  registered: boolean;
  badReports: number;
  /** Handle of the removal to come, once the element is dead. */
  removal: number | null;
  diedAt: number;
  strike: Strike | null;
}

/** The handlespace, who gets removed from it, and when. */
export class Registrar {
  readonly #world: World;
  readonly #role: RegistrarRole;
  readonly #pools = new Map<string, number>();
  readonly #policies: PoolPolicy[] = [];
  readonly #entries: Entry[][] = [];
  readonly #freeSlots: number[][] = [];

  constructor(world: World) {
    this.#world = world;
    this.#role = hostsWith(world.plan, 'registrar')[0]!.role;
    for (const { role } of hostsWith(world.plan, 'poolElement')) {
      if (this.#pools.has(role.pool)) continue;
      this.#pools.set(role.pool, this.#policies.length);
      this.#policies.push(poolPolicy(role.policy, world.random.fork('policy', role.pool)));
      this.#entries.push([]);
      this.#freeSlots.push([]);
    }
  }

  /** Number of a pool; −1 when no element belongs to it. */
  poolNumber(name: string): number {
    return this.#pools.get(name) ?? -1;
  }

  /** The registration of an element that starts; it arrives after one delay. */
  announce(pool: number, element: number, incarnation: number, policy: Policy): Entry {
    const { queue, delay } = this.#world;
    const entries = this.#entries[pool]!;
    const slot = this.#freeSlots[pool]!.pop() ?? entries.length;
    const registeredAt = queue.now + delay;
    const entry: Entry = {
      slot,
      pool,
      element,
      incarnation,
      registeredAt,
      policy,
      renewedAt: registeredAt,
      registered: false,
      badReports: 0,
      removal: null,
      diedAt: Number.POSITIVE_INFINITY,
      strike: null,
    };
    entries[slot] = entry;
    queue.call(registeredAt, () => this.register(entry, 0));
    return entry;
  }

  /** A registration, first or renewed, arrives. */
  register(entry: Entry, load: number): void {
    const policy = this.#policies[entry.pool]!;
    this.#world.counters.registrations++;
    entry.renewedAt = this.#world.queue.now;
    if (entry.registered) policy.update(entry.slot, load);
    else policy.add(entry.slot, entry.policy, load);
    entry.registered = true;
  }

  /** Chooses an entry of the pool; undefined when it is empty. */
  select(pool: number): Entry | undefined {
    const slot = pool < 0 ? -1 : this.#policies[pool]!.select();
    return slot < 0 ? undefined : this.#entries[pool]![slot];
  }

  /** A user found this entry's element unreachable. */
  report(entry: Entry): void {
    if (!entry.registered) return;
    entry.badReports++;
    if (entry.badReports >= (this.#role.maxBadPeReports ?? Number.POSITIVE_INFINITY)) this.remove(entry);
  }

  /**
   * The element of this entry died silently now: it goes when an endpoint keep-alive stays unanswered or when the
   * registration expires. Keep-alives have a known phase: the first leaves one interval after the registration, each
   * further one an interval after the answer to the one before.
   */
  elementDied(entry: Entry, life: number): void {
    const { queue, delay } = this.#world;
    const { endpointKeepAliveInterval: interval, endpointKeepAliveTimeout: timeout } = this.#role;
    const unanswered = firstUnanswered(entry.registeredAt, interval, delay, queue.now);
    const noticedAt = unanswered + timeout;
    const expiresAt = entry.renewedAt + life;
    const at = Math.max(queue.now, Math.min(noticedAt, expiresAt));
    entry.removal = queue.call(at, () => {
      entry.removal = null;
      if (noticedAt <= expiresAt) this.#world.counters.endpointKeepAliveTimeouts++;
      this.remove(entry);
    });
  }

  remove(entry: Entry): void {
    if (entry.removal !== null) this.#world.queue.revoke(entry.removal);
    entry.removal = null;
    if (!entry.registered) return;
    entry.registered = false;
    this.#policies[entry.pool]!.remove(entry.slot);
    this.#freeSlots[entry.pool]!.push(entry.slot);
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
