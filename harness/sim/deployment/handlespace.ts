import type { Random } from '../../base/random.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { Policy } from '../../experiment/policy.js';
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
  readonly #policies = new Map<string, PoolPolicy>();
  readonly #entries = new Map<string, Entry[]>();

  constructor(plan: Plan, random: Random) {
    for (const { role } of hostsWith(plan, 'poolElement')) {
      if (this.#policies.has(role.pool)) continue;
      this.#policies.set(role.pool, poolPolicy(role.policy, random.fork('policy', role.pool)));
      this.#entries.set(role.pool, []);
    }
  }

  add(registration: Registration, home: Process): Entry {
    const { pool, process, address, policy, load } = registration;
    const entries = this.#entries.get(pool)!;
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
    this.#policies.get(pool)!.add(slot, policy, load);
    return entry;
  }

  /** It has registered again. */
  update(entry: Entry, registration: Registration): void {
    entry.registration = registration;
    this.#policies.get(entry.pool)!.update(entry.slot, registration.load);
  }

  remove(entry: Entry): void {
    entry.registered = false;
    entry.monitoring.stop();
    entry.expiry.stop();
    this.#policies.get(entry.pool)!.remove(entry.slot);
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
    const slot = this.#policies.get(pool)?.select() ?? -1;
    return slot < 0 ? undefined : this.#entries.get(pool)![slot];
  }
}
