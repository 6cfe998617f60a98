import type { Random } from '../../base/random.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { Policy } from '../../experiment/policy.js';
import type { Registrar as RegistrarRole } from '../../experiment/role.js';
import { type PoolPolicy, poolPolicy } from '../../protocol/policy.js';
import type { Counters } from '../metrics.js';
import type { Association, Side } from './association.js';
import type { Network, Node } from './network.js';
import { Process } from './process.js';

/** The registrar opens no association itself. */
const acceptor: Side = 1;
const opener: Side = 0;

/** What an element says of itself when it registers. */
export interface Registration {
  readonly pool: string;
  readonly policy: Policy;
  readonly load: number;
  readonly life: number;
  readonly process: Process;
  readonly address: number;
}

/** A registered element, or one that was. */
export interface Entry {
  readonly slot: number;
  readonly pool: string;
  readonly node: Node;
  readonly address: number;
  readonly process: Process;
  registered: boolean;
  badReports: number;
  /** Takes back the timers of the entry: its next keep-alive or that one's timeout, and its expiry. */
  stopMonitoring: () => void;
  stopExpiry: () => void;
}

/** The handlespace of a registrar that never fails, and its monitoring of the elements. */
export class Registrar {
  readonly process: Process;
  /** Where it is reached; its addresses never change. */
  readonly peer: { readonly node: Node; readonly address: number };
  readonly #role: RegistrarRole;
  readonly #counters: Counters;
  readonly #policies = new Map<string, PoolPolicy>();
  readonly #entries = new Map<string, Entry[]>();
  /** When an association last reported an element, or asked about a pool. */
  readonly #lastHeard = new WeakMap<Association, Map<Process | string, number>>();

  constructor(plan: Plan, network: Network, counters: Counters, random: Random) {
    const host = hostsWith(plan, 'registrar')[0]!;
    this.#role = host.role;
    this.#counters = counters;
    this.process = new Process(network.nodes.get(host.name)!, network.queue, () => {});
    this.process.node.process = this.process;
    this.peer = { node: this.process.node, address: this.process.node.address };
    for (const { role } of hostsWith(plan, 'poolElement')) {
      if (!this.#policies.has(role.pool)) {
        this.#policies.set(role.pool, poolPolicy(role.policy, random.fork('policy', role.pool)));
        this.#entries.set(role.pool, []);
      }
    }
  }

  /** A registration arrives, the first or another one. @returns the entry, the one before if it still stands */
  register(known: Entry | null, registration: Registration, association: Association): Entry {
    this.#counters.registrations++;
    const policy = this.#policies.get(registration.pool)!;
    if (known?.registered) {
      policy.update(known.slot, registration.load);
      this.#expire(known, registration.life);
      return known;
    }
    const entries = this.#entries.get(registration.pool)!;
    const free = entries.findIndex(({ registered }) => !registered);
    const slot = free < 0 ? entries.length : free;
    const { pool, process, address } = registration;
    const entry: Entry = {
      ...{ slot, pool, process, address, node: process.node, registered: true, badReports: 0 },
      stopMonitoring: () => {},
      stopExpiry: () => {},
    };
    entries[slot] = entry;
    policy.add(slot, registration.policy, registration.load);
    association.onLost(acceptor, () => this.remove(entry));
    this.#monitor(entry, association);
    this.#expire(entry, registration.life);
    return entry;
  }

  remove(entry: Entry): void {
    if (!entry.registered) return;
    entry.registered = false;
    entry.stopMonitoring();
    entry.stopExpiry();
    this.#policies.get(entry.pool)!.remove(entry.slot);
  }

  /** Somebody says that it could not reach an element. */
  report(pool: string, element: Process, association: Association): void {
    if (!this.#permits(element, association, this.#role.maxEndpointUnreachableRate)) return;
    const entry = this.#entries.get(pool)?.find(({ process, registered }) => registered && process === element);
    if (entry && ++entry.badReports >= (this.#role.maxBadPeReports ?? Number.POSITIVE_INFINITY)) this.remove(entry);
  }

  /** Elements that are registered in the pool. */
  offered(pool: string): Process[] {
    const entries = this.#entries.get(pool) ?? [];
    return entries.filter(({ registered }) => registered).map(({ process }) => process);
  }

  /** Chooses an entry of the pool; undefined when it is empty, or the association asks too often. */
  select(pool: string, association: Association): Entry | undefined {
    if (!this.#permits(pool, association, this.#role.maxHandleResolutionRate)) return undefined;
    const slot = this.#policies.get(pool)?.select() ?? -1;
    return slot < 0 ? undefined : this.#entries.get(pool)![slot];
  }

  /**
   * A limit holds for each association and each element or pool by itself: a message that follows the one before it,
   * refused or not, sooner than the limit allows is refused.
   */
  #permits(about: Process | string, association: Association, perSecond: number | null): boolean {
    if (perSecond === null) return true;
    const heard = this.#lastHeard.get(association) ?? new Map<Process | string, number>();
    this.#lastHeard.set(association, heard);
    const { now } = this.process.queue;
    const last = heard.get(about) ?? Number.NEGATIVE_INFINITY;
    heard.set(about, now);
    return now - last >= 1 / perSecond;
  }

  /** Endpoint keep-alives: after an interval, then an interval after each answer. */
  #monitor(entry: Entry, association: Association): void {
    const { endpointKeepAliveInterval, endpointKeepAliveTimeout } = this.#role;
    entry.stopMonitoring = this.process.after(endpointKeepAliveInterval, () => {
      const stopTimeout = this.process.after(endpointKeepAliveTimeout, () => {
        this.#counters.endpointKeepAliveTimeouts++;
        this.remove(entry);
      });
      entry.stopMonitoring = stopTimeout;
      association.send(acceptor, () => {
        association.send(opener, () => {
          if (!entry.registered) return;
          stopTimeout();
          this.#monitor(entry, association);
        });
      });
    });
  }

  #expire(entry: Entry, life: number): void {
    entry.stopExpiry();
    entry.stopExpiry = this.process.after(life, () => this.remove(entry));
  }
}
