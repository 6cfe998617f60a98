/**
 * How a registrar chooses one pool element of a pool: RFC 5356 and the policies that RSPLIB adds. A pool holds the
 * entries that are registered, dead ones too until something removes them. Entries are small whole numbers.
 */
import type { Random } from '../base/random.js';
import type { Policy } from '../experiment/policy.js';
import { SlotHeap } from './heap.js';
import { WeightedChoice } from './weighted.js';

export interface PoolPolicy {
  /** A new entry, at the end of the order. */
  add(entry: number, policy: Policy, load: number): void;
  /** The entry registered again with this load, a fraction of its full load. */
  update(entry: number, load: number): void;
  remove(entry: number): void;
  /** Chooses an entry and accounts for the choice; −1 when the pool is empty. */
  select(): number;
  /** Chooses up to so many different entries and accounts for them; one chosen so is one chosen by `select`. */
  selectSeveral(count: number): number[];
  readonly size: number;
}

/** Policies under which an element announces every change of its load. */
export const isAdaptive = ({ name }: Policy): boolean => name.includes('LeastUsed');

/** An empty pool under this policy; `random` is drawn from by the randomised ones only. */
export function poolPolicy({ name }: Policy, random: Random): PoolPolicy {
  switch (name) {
    case 'Random':
    case 'WeightedRandom':
    case 'WeightedRandomDPF':
      return new RandomPool((policy) => ('weight' in policy ? policy.weight : 1), random);
    case 'RandomizedLeastUsed':
    case 'RandomizedPriorityLeastUsed':
      return new RandomPool((policy, load) => Math.max(0, 1 - load - degradationOf(policy)), random);
    case 'WeightedRoundRobin':
      return new WeightedRoundRobinPool();
    case 'RoundRobin':
      return new SortedPool(() => 0, false);
    case 'Priority':
      return new SortedPool((policy) => ('priority' in policy ? -policy.priority : 0), false);
    case 'LeastUsed':
    case 'LeastUsedDPF':
      return new SortedPool((_, load) => load, false);
    case 'LeastUsedDegradation':
    case 'LeastUsedDegradationDPF':
      return new SortedPool((_, load) => load, true);
    case 'PriorityLeastUsed':
      return new SortedPool((policy, load) => load + degradationOf(policy), false);
    case 'PriorityLeastUsedDegradation':
    case 'PriorityLeastUsedDegradationDPF':
      return new SortedPool((policy, load) => load + degradationOf(policy), true);
  }
}

const degradationOf = (policy: Policy): number => ('loadDegradation' in policy ? policy.loadDegradation : 0);

/**
 * Takes the entry with the smallest key, and among equals the one that was chosen longest ago: Round Robin (all keys
 * equal), Priority, Least Used. With `degrades`, every choice adds the entry's load degradation until its next update.
 */
class SortedPool implements PoolPolicy {
  readonly #heap = new SlotHeap(16);
  readonly #policies: Policy[] = [];
  #sequence = 0;

  constructor(
    readonly keyOf: (policy: Policy, load: number) => number,
    readonly degrades: boolean,
  ) {}

  get size(): number {
    return this.#heap.size;
  }

  add(entry: number, policy: Policy, load: number): void {
    this.#policies[entry] = policy;
    this.#heap.reserve(entry + 1);
    this.#heap.set(entry, this.keyOf(policy, load), this.#sequence++);
  }

  update(entry: number, load: number): void {
    // The entry keeps its place among those with its new key: only a choice moves it to the end (RFC 5356, 4.1).
    this.#heap.set(entry, this.keyOf(this.#policies[entry]!, load), this.#heap.rankOf(entry));
  }

  remove(entry: number): void {
    this.#heap.remove(entry);
  }

  select(): number {
    const entry = this.#heap.first;
    if (entry < 0) return entry;
    const more = this.degrades ? degradationOf(this.#policies[entry]!) : 0;
    this.#heap.set(entry, this.#heap.keyOf(entry) + more, this.#sequence++);
    return entry;
  }

  selectSeveral(count: number): number[] {
    const taken = takeFirst(this.#heap, count);
    for (const { entry, key } of taken) {
      const more = this.degrades ? degradationOf(this.#policies[entry]!) : 0;
      this.#heap.set(entry, key + more, this.#sequence++);
    }
    return taken.map(({ entry }) => entry);
  }
}

/** In every round each entry is chosen as often as its weight says; within a round, in turn (RFC 5356, section 4.2). */
class WeightedRoundRobinPool implements PoolPolicy {
  readonly #heap = new SlotHeap(16);
  readonly #weights: number[] = [];
  /** How often an entry may still be chosen in its round. */
  readonly #left: number[] = [];
  #sequence = 0;
  #round = 0;

  get size(): number {
    return this.#heap.size;
  }

  add(entry: number, policy: Policy): void {
    this.#weights[entry] = 'weight' in policy ? policy.weight : 1;
    this.#left[entry] = this.#weights[entry]!;
    this.#heap.reserve(entry + 1);
    // A newcomer takes part in the round that is on: an old one would let it catch up on what it missed.
    this.#heap.set(entry, this.#round, this.#sequence++);
  }

  update(): void {}

  remove(entry: number): void {
    this.#heap.remove(entry);
  }

  select(): number {
    const entry = this.#heap.first;
    if (entry >= 0) this.#account(entry, this.#heap.firstKey);
    return entry;
  }

  selectSeveral(count: number): number[] {
    const taken = takeFirst(this.#heap, count);
    for (const { entry, key } of taken) this.#account(entry, key);
    return taken.map(({ entry }) => entry);
  }

  #account(entry: number, round: number): void {
    this.#round = round;
    const left = this.#left[entry]! - 1;
    this.#left[entry] = left > 0 ? left : this.#weights[entry]!;
    this.#heap.set(entry, left > 0 ? round : round + 1, this.#sequence++);
  }
}

/** Takes each entry with a probability proportional to its weight; when all weigh nothing, each with the same. */
class RandomPool implements PoolPolicy {
  readonly #policies: Policy[] = [];
  readonly #choice = new WeightedChoice();

  constructor(
    readonly weightOf: (policy: Policy, load: number) => number,
    readonly random: Random,
  ) {}

  get size(): number {
    return this.#choice.size;
  }

  add(entry: number, policy: Policy, load: number): void {
    this.#policies[entry] = policy;
    this.#choice.add(entry, this.weightOf(policy, load));
  }

  update(entry: number, load: number): void {
    this.#choice.setWeight(entry, this.weightOf(this.#policies[entry]!, load));
  }

  remove(entry: number): void {
    this.#choice.remove(entry);
  }

  select(): number {
    return this.size === 0 ? -1 : this.#choice.pick(this.random.uniform());
  }

  selectSeveral(count: number): number[] {
    const taken: { entry: number; weight: number }[] = [];
    while (taken.length < count && this.size > 0) {
      const entry = this.select();
      taken.push({ entry, weight: this.#choice.weightOf(entry) });
      if (taken.length < count) this.#choice.remove(entry);
    }
    for (const { entry, weight } of taken) if (!this.#choice.has(entry)) this.#choice.add(entry, weight);
    return taken.map(({ entry }) => entry);
  }
}

/** Takes so many entries out of a heap; they are to be put back. */
function takeFirst(heap: SlotHeap, count: number): { entry: number; key: number }[] {
  const taken: { entry: number; key: number }[] = [];
  while (taken.length < count && heap.size > 0) {
    taken.push({ entry: heap.first, key: heap.firstKey });
    heap.remove(heap.first);
  }
  return taken;
}
