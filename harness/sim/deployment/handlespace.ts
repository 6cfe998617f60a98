import type { Random } from '../../base/random.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { Policy, PolicyName } from '../../experiment/policy.js';
import { type PoolPolicy, poolPolicy } from '../../protocol/policy.js';
import type { Association } from './association.js';
import type { Node } from './network.js';
import { idle, type Process, type Stoppable } from './process.js';
import type { Registrar } from './registrar.js';

/** What an element says of itself when it registers. */
export interface Registration {
  readonly pool: string;
  readonly policy: Policy;
  readonly load: number;
  readonly life: number;
  readonly process: Process;
  readonly address: number;
  /** A registrar that has become its home asks it by this association whether it lives. */
  readonly adopted: (home: Registrar, association: Association) => void;
}

/** A registered element, or one that was, as one registrar knows it. */
export interface Entry {
  readonly holder: Handlespace;
  readonly slot: number;
  readonly pool: string;
  readonly node: Node;
  readonly address: number;
  readonly process: Process;
  registered: boolean;
  badReports: number;
  /** As it was registered last. */
  registration: Registration;
  /** The life of the registrar that looks after it. */
  home: Process;
  /** By which its home asks it; null at others. */
  association: Association | null;
  /** The timers of the entry: its next keep-alive or that one's timeout, and its expiry. */
  monitoring: Stoppable;
  expiry: Stoppable;
}

const scatter = 0x9e37_79b1;

/** The pools as one registrar knows them: who is in them, whose they are, and whose turn it is. */
export class Handlespace {
  readonly #policies = new Map<string, { name: PolicyName; pool: PoolPolicy }>();
  readonly #entries = new Map<string, Entry[]>();

  constructor(
    plan: Plan,
    readonly random: Random,
  ) {
    for (const { role } of hostsWith(plan, 'poolElement')) {
      if (this.#policies.has(role.pool)) continue;
      const pool = poolPolicy(role.policy, random.fork('policy', role.pool));
      this.#policies.set(role.pool, { name: role.policy.name, pool });
      this.#entries.set(role.pool, []);
    }
  }

  /** A pool has one policy as long as it has elements (RFC 5352, section 3.1): that of the first. */
  accepts({ pool, policy }: Registration): boolean {
    const known = this.#policies.get(pool)!;
    return known.name === policy.name || known.pool.size === 0;
  }

  /** @param distance to the element, milliseconds */
  add(registration: Registration, home: Process, distance: number): Entry {
    const { pool, process, address, policy, load } = registration;
    const entries = this.#entries.get(pool)!;
    if (this.#policies.get(pool)!.name !== policy.name) {
      const { name } = policy;
      this.#policies.set(pool, { name, pool: poolPolicy(policy, this.random.fork('policy', pool, name)) });
    }
    const free = entries.findIndex(({ registered }) => !registered);
    const slot = free < 0 ? entries.length : free;
    const entry: Entry = {
      holder: this,
      slot,
      pool,
      process,
      address,
      node: process.node,
      registered: true,
      badReports: 0,
      registration,
      home,
      association: null,
      monitoring: idle,
      expiry: idle,
    };
    entries[slot] = entry;
    this.#policies.get(pool)!.pool.add(slot, policy, load, distance);
    return entry;
  }

  /** It has registered again. */
  update(entry: Entry, registration: Registration, distance: number): void {
    entry.registration = registration;
    this.#policies.get(entry.pool)!.pool.update(entry.slot, registration.load, distance);
  }

  remove(entry: Entry): void {
    entry.registered = false;
    entry.monitoring.stop();
    entry.expiry.stop();
    this.#policies.get(entry.pool)!.pool.remove(entry.slot);
  }

  find(pool: string, element: Process): Entry | undefined {
    return this.#entries.get(pool)?.find(({ process, registered }) => registered && process === element);
  }

  in(pool: string): Entry[] {
    return (this.#entries.get(pool) ?? []).filter(({ registered }) => registered);
  }

  all(): Entry[] {
    return this.#those(() => true);
  }

  of(home: Process): Entry[] {
    return this.#those((entry) => entry.home === home);
  }

  /** Equal for equal elements of a home: each process has a number of its own. */
  checksumOf(home: Process): number {
    let sum = 0;
    for (const entries of this.#entries.values()) {
      for (const { registered, home: own, process } of entries)
        if (registered && own === home) sum = (sum + Math.imul(process.number, scatter)) | 0;
    }
    return sum;
  }

  #those(wanted: (entry: Entry) => boolean): Entry[] {
    const those: Entry[] = [];
    for (const entries of this.#entries.values())
      for (const entry of entries) if (entry.registered && wanted(entry)) those.push(entry);
    return those;
  }

  /** Chooses an entry of the pool and accounts for the choice; undefined when it is empty. */
  select(pool: string): Entry | undefined {
    const slot = this.#policies.get(pool)?.pool.select() ?? -1;
    return slot < 0 ? undefined : this.#entries.get(pool)![slot];
  }
}
