/** Pools and their elements, as one registrar knows them: data and rules, without time or network. */
import type { Random } from '../../../base/random.js';
import { type PoolPolicy, poolPolicy } from '../../../protocol/policy.js';
import { causes } from '../cause.js';
import { find, isTransport, type ParameterOf } from '../parameter.js';
import { policyState } from '../policy.js';
import { elementSum, foldedChecksum } from './checksum.js';

type ElementParameter = ParameterOf<'poolElement'>;

/** An element of a pool. */
export interface Element {
  readonly pool: string;
  readonly identifier: number;
  /** The registrar that looks after it. */
  home: number;
  /** As it said it, or its home did: where it serves, under which policy, where it hears ASAP. */
  parameter: ElementParameter;
  /** Failure reports since it registered (RFC 5352, section 3.5). */
  reports: number;
}

interface Pool {
  readonly policy: PoolPolicy;
  readonly policyNumber: number;
  readonly transport: string;
  readonly slots: (Element | undefined)[];
  readonly elements: Map<number, { element: Element; slot: number }>;
}

export type Registered = { readonly element: Element; readonly isNew: boolean } | { readonly cause: number };

const longestHandle = 32;

export class Handlespace {
  readonly #pools = new Map<string, Pool>();
  /** Of the elements of each home. */
  readonly #sums = new Map<number, number>();
  #size = 0;

  constructor(private readonly random: Random) {}

  get size(): number {
    return this.#size;
  }

  get pools(): number {
    return this.#pools.size;
  }

  /**
   * Adds an element, or renews what it says of itself.
   * @returns the element, or the cause of an error: a pool has one policy and one kind of transport (RFC 5352, 3.1)
   */
  register(pool: string, parameter: ElementParameter, home: number): Registered {
    const policy = find(parameter, 'policy');
    const transport = transportOf(parameter);
    if (pool.length === 0 || Buffer.byteLength(pool) > longestHandle) return { cause: causes.invalidPoolHandle };
    if (!transport) return { cause: causes.invalidAddresses };
    const state = policy && policyState(policy);
    if (!policy || !state) return { cause: causes.invalidPolicy };
    const known = this.#pools.get(pool) ?? this.#newPool(pool, policy.policy, transport);
    // A lone element may begin anew under another policy.
    const refused = conflict(known, policy.policy, transport);
    if (refused !== null) {
      if (known.elements.size > 1 || !known.elements.has(parameter.identifier)) return { cause: refused };
      this.remove(pool, parameter.identifier);
      return this.register(pool, parameter, home);
    }
    const { identifier } = parameter;
    const entry = known.elements.get(identifier);
    if (!entry) return { element: this.#add(known, { pool, identifier, home, parameter, reports: 0 }), isNew: true };
    this.#rehome(entry.element, home);
    const before = policyState(find(entry.element.parameter, 'policy')!)!;
    entry.element.parameter = parameter;
    entry.element.reports = 0;
    if (JSON.stringify(before.policy) === JSON.stringify(state.policy))
      known.policy.update(entry.slot, state.load, state.distance);
    else {
      known.policy.remove(entry.slot);
      known.policy.add(entry.slot, state.policy, state.load, state.distance);
    }
    return { element: entry.element, isNew: false };
  }

  get(pool: string, identifier: number): Element | undefined {
    return this.#pools.get(pool)?.elements.get(identifier)?.element;
  }

  /** @returns what was there */
  remove(pool: string, identifier: number): Element | undefined {
    const known = this.#pools.get(pool);
    const entry = known?.elements.get(identifier);
    if (!known || !entry) return undefined;
    known.policy.remove(entry.slot);
    known.slots[entry.slot] = undefined;
    known.elements.delete(identifier);
    this.#count(entry.element, -1);
    if (known.elements.size === 0) this.#pools.delete(pool);
    return entry.element;
  }

  /** Says who looks after an element from now on. */
  rehome(element: Element, home: number): void {
    this.#rehome(element, home);
    element.parameter = { ...element.parameter, registrar: home };
  }

  /** @returns up to so many elements, chosen by the pool's policy; null of a pool that is not there */
  resolve(pool: string, items: number): Element[] | null {
    const known = this.#pools.get(pool);
    if (!known) return null;
    if (items === 1) return [known.slots[known.policy.select()]!];
    return known.policy.selectSeveral(items).map((slot) => known.slots[slot]!);
  }

  /** Of the elements whose home the registrar is. */
  checksum(home: number): number {
    return foldedChecksum(this.#sums.get(home) ?? 0);
  }

  /** All elements, pool by pool, or those of one home. */
  elements(home?: number): Element[] {
    const all = [...this.#pools.values()].flatMap(({ elements }) => [...elements.values()].map((it) => it.element));
    return home === undefined ? all : all.filter((element) => element.home === home);
  }

  #newPool(name: string, policyNumber: number, transport: string): Pool {
    const { policy } = policyState({ kind: 'policy', policy: policyNumber, values: [] })!;
    const pool: Pool = {
      policy: poolPolicy(policy, this.random.fork('policy', name)),
      ...{ policyNumber, transport, slots: [], elements: new Map() },
    };
    this.#pools.set(name, pool);
    return pool;
  }

  #add(pool: Pool, element: Element): Element {
    const free = pool.slots.indexOf(undefined);
    const slot = free < 0 ? pool.slots.length : free;
    pool.slots[slot] = element;
    pool.elements.set(element.identifier, { element, slot });
    // Distances are those that peers tell: it measures none itself.
    const { policy, load, distance } = policyState(find(element.parameter, 'policy')!)!;
    pool.policy.add(slot, policy, load, distance);
    this.#count(element, 1);
    return element;
  }

  #rehome(element: Element, home: number): void {
    this.#count(element, -1);
    element.home = home;
    this.#count(element, 1);
  }

  #count({ home, pool, identifier }: Element, sign: 1 | -1): void {
    this.#size += sign;
    const sum = (this.#sums.get(home) ?? 0) + sign * elementSum(pool, identifier);
    if (sum === 0) this.#sums.delete(home);
    else this.#sums.set(home, sum);
  }
}

/** The kind and use of its first transport, which all elements of a pool share; undefined without any address. */
function transportOf(element: ElementParameter): string | undefined {
  const transport = element.parameters.find(isTransport);
  if (!transport?.parameters.some(({ kind }) => kind.endsWith('Address'))) return undefined;
  return `${transport.kind} ${transport.use}`;
}

function conflict(pool: Pool, policy: number, transport: string): number | null {
  if (pool.elements.size === 0) return null;
  if (pool.policyNumber !== policy) return causes.inconsistentPolicy;
  if (pool.transport === transport) return null;
  return pool.transport.split(' ')[0] === transport.split(' ')[0]
    ? causes.inconsistentControlChannel
    : causes.inconsistentTransport;
}
