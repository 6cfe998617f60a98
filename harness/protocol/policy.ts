/**
 * How a registrar chooses one pool element of a pool: RFC 5356 and the policies that RSPLIB adds. A pool holds the
 * entries that are registered, dead ones too until something removes them. Entries are small whole numbers.
 */
import type { Random } from '../base/random.js';
import type { Policy } from '../experiment/policy.js';
import { SlotHeap } from './heap.js';
import { WeightedChoice } from './weighted.js';

export interface PoolPolicy {
  /** A new entry, at the end of the order; its distance in milliseconds, none where it is left out. */
  add(entry: number, policy: Policy, load: number, distance?: number): void;
  /** The entry registered again with this load, a fraction of its full load, at this distance or the one it had. */
  update(entry: number, load: number, distance?: number): void;
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
      return new RandomPool((policy, _, distance) => weightAt(policy, distance), random);
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
      return new SortedPool((policy, load, distance) => penalised(policy, load, distance), false);
    case 'LeastUsedDegradation':
    case 'LeastUsedDegradationDPF':
      return new SortedPool((policy, load, distance) => penalised(policy, load, distance), true);
    case 'PriorityLeastUsed':
      return new SortedPool((policy, load) => load + degradationOf(policy), false);
    case 'PriorityLeastUsedDegradation':
    case 'PriorityLeastUsedDegradationDPF':
      return new SortedPool(
        (policy, load, distance) => penalised(policy, load + degradationOf(policy), distance),
        true,
      );
  }
}

const degradationOf = (policy: Policy): number => ('loadDegradation' in policy ? policy.loadDegradation : 0);

/**
 * Distances count with a penalty factor (draft-dreibholz-rserpool-delay): each millisecond adds it to the load, up to
 * the full load, or takes such a share of the weight.
 */
const penaltyOf = (policy: Policy, distance: number): number =>
  'distancePenaltyFactor' in policy ? policy.distancePenaltyFactor * distance : 0;

function penalised(policy: Policy, load: number, distance: number): number {
  const penalty = penaltyOf(policy, distance);
  return penalty === 0 ? load : Math.min(1, load + penalty);
}

/** What is too far away weighs as little as can be, but not nothing. */
function weightAt(policy: Policy, distance: number): number {
  const weight = 'weight' in policy ? policy.weight : 1;
  const left = weight - Math.round(weight * penaltyOf(policy, distance));
  return left < 0 ? 1 : left;
}

/** What makes an entry's place in the order, or its chance. */
type Measure = (policy: Policy, load: number, distance: number) => number;

/**
 * Takes the entry with the smallest key, and among equals the one that was chosen longest ago: Round Robin (all keys
 * equal), Priority, Least Used. With `degrades`, every choice adds the entry's load degradation until its next update.
 */
class SortedPool implements PoolPolicy {
  readonly #heap = new SlotHeap(16);
  readonly #policies: Policy[] = [];
  readonly #distances: number[] = [];
  #sequence = 0;

  constructor(
    readonly keyOf: Measure,
    readonly degrades: boolean,
  ) {}

  get size(): number {
    return this.#heap.size;
  }

  add(entry: number, policy: Policy, load: number, distance = 0): void {
    this.#policies[entry] = policy;
    this.#distances[entry] = distance;
    this.#heap.reserve(entry + 1);
    this.#heap.set(entry, this.keyOf(policy, load, distance), this.#sequence++);
  }

  update(entry: number, load: number, distance = this.#distances[entry]!): void {
    this.#distances[entry] = distance;
    // The entry keeps its place among those with its new key: only a choice moves it to the end (RFC 5356, 4.1).
    this.#heap.set(entry, this.keyOf(this.#policies[entry]!, load, distance), this.#heap.rankOf(entry));
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
  readonly #distances: number[] = [];
  readonly #choice = new WeightedChoice();

  constructor(
    readonly weightOf: Measure,
    readonly random: Random,
  ) {}

  get size(): number {
    return this.#choice.size;
  }

  add(entry: number, policy: Policy, load: number, distance = 0): void {
    this.#policies[entry] = policy;
    this.#distances[entry] = distance;
    this.#choice.add(entry, this.weightOf(policy, load, distance));
  }

  update(entry: number, load: number, distance = this.#distances[entry]!): void {
    this.#distances[entry] = distance;
    this.#choice.setWeight(entry, this.weightOf(this.#policies[entry]!, load, distance));
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
