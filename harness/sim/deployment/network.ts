/**
 * Hosts with a leg in each of their networks, and what becomes of a packet between two of them.
 */
import type { Random } from '../../base/random.js';
import { delayLookup, type Plan } from '../../experiment/plan.js';
import type { Direction } from '../../fault/fault.js';
import { combined, type Impairment } from '../../topology/impairment.js';
import type { Sctp } from '../../topology/sctp.js';
import type { Strike } from '../faults.js';
import type { EventQueue } from '../queue.js';
import type { Process } from './process.js';

/** Bits of the packets that carry session and pool management, for what a limited rate adds to the delay. */
const packetBits = 8 * 150;
/** Milliseconds: distances are rounded to multiples of it (RSPLIB's `-distancestep` by default). */
const distanceStep = 50;
/** When what is lost arrives. */
const lost = Number.POSITIVE_INFINITY;

/** What the model knows of a kernel's SCTP: spans in seconds, and limits. */
export type SctpTimers = Readonly<Record<KnownTimer, number>>;
type KnownTimer =
  | 'rtoInitial'
  | 'rtoMin'
  | 'rtoMax'
  | 'associationMaxRetransmissions'
  | 'potentiallyFailedRetransmissions'
  | 'sackDelay';

/** Those of Linux, whose RTO values are those of RFC 9260, section 16, but for what a host is told. */
const timersOf = (sctp: Sctp | null): SctpTimers => ({
  rtoInitial: sctp?.rtoInitial ?? 3,
  rtoMin: sctp?.rtoMin ?? 1,
  rtoMax: sctp?.rtoMax ?? 60,
  associationMaxRetransmissions: sctp?.associationMaxRetransmissions ?? 10,
  potentiallyFailedRetransmissions: sctp?.potentiallyFailedRetransmissions ?? 0,
  sackDelay: sctp?.sackDelay ?? 0.2,
});

export class Node {
  /** Changes when the host comes back under other addresses: what is sent to the old ones reaches nobody. */
  address = 0;
  /** Faults that keep the whole host from hearing anybody, and from being heard. */
  deaf = 0;
  mute = 0;
  /** What of a CPU is left to its processes. */
  cpuShare = 1;
  /** Processes that have been started on it. */
  lives = 0;
  process: Process | null = null;
  /** The fault that hit the host last. */
  strike: Strike | null = null;
  /** Faults that keep a leg off its network, by network. */
  readonly cuts = new Map<string, number>();
  /** When a leg was last connected again, by network. */
  readonly connectedAt = new Map<string, number>();
  readonly impairments = new Set<Strike>();
  readonly partitions = new Set<Strike>();

  constructor(
    readonly name: string,
    /** Its place in the plan. */
    readonly number: number,
    readonly networks: readonly string[],
    readonly sctp: SctpTimers,
  ) {}

  hears(network: string): boolean {
    return this.deaf === 0 && (this.cuts.get(network) ?? 0) === 0;
  }

  isHeard(network: string): boolean {
    return this.mute === 0 && (this.cuts.get(network) ?? 0) === 0;
  }

  /** Whether the other one is on another side of a partition of the network. */
  isParted(other: Node, network: string): boolean {
    for (const { sides, network: of } of this.partitions) {
      if (of !== null && of !== network) continue;
      const [own, others] = [this, other].map(({ name }) => sides!.findIndex((side) => side.includes(name)));
      if (own !== others && others! >= 0) return true;
    }
    return false;
  }
}

/** On its way from one host to another. */
export abstract class Packet {
  constructor(
    readonly from: Node,
    readonly to: Node,
    /** The receiver's, as the sender knows it. */
    readonly address: number,
    /** The network that it takes. */
    readonly path: string,
  ) {}

  abstract arrive(): void;

  /** Nobody hears it where it arrives. */
  miss(): void {}

  happen(): void {
    if (this.to.address === this.address && this.to.hears(this.path)) this.arrive();
    else this.miss();
  }
}

/** A packet that is sent once, and does one thing. */
export class Signal extends Packet {
  constructor(
    from: Node,
    to: Node,
    address: number,
    path: string,
    readonly arrive: () => void,
  ) {
    super(from, to, address, path);
  }
}

export class Network {
  readonly nodes = new Map<string, Node>();
  readonly #impairments: ReadonlyMap<string, Impairment>;
  /** Null where all hosts are equally far apart. */
  readonly #delayBetween: ReturnType<typeof delayLookup> | null;

  constructor(
    plan: Plan,
    readonly queue: EventQueue,
    readonly random: Random,
  ) {
    const { hosts, topology } = plan;
    this.#delayBetween = topology.distances ? delayLookup(plan) : null;
    this.#impairments = new Map(Object.entries(topology.networks).map(([name, { impairment }]) => [name, impairment]));
    for (const [number, { name, legs, sctp }] of hosts.entries()) {
      const networks = legs.map(({ network }) => network);
      this.nodes.set(name, new Node(name, number, networks, timersOf(sctp)));
    }
  }

  /** Networks that both hosts have a leg in: the paths of an association between them, the primary one first. */
  pathsBetween(a: Node, b: Node): string[] {
    return a.networks.filter((network) => b.networks.includes(network));
  }

  /**
   * Sends a packet; it arrives unless it is lost on the way or its receiver has gone.
   * @returns when it gets there; infinity when it is lost
   */
  pass(packet: Packet): number {
    const { from, to, path } = packet;
    if (!from.isHeard(path)) return lost;
    if (from.partitions.size > 0 && from.isParted(to, path)) return lost;
    const impairment = this.#impairmentOf(from, to, path);
    const { lossPercent = 0, corruptPercent = 0, reorderPercent = 0 } = impairment;
    // A corrupted packet fails SCTP's checksum and is dropped by its receiver.
    if (this.#happens(lossPercent) || this.#happens(corruptPercent)) return lost;
    const delay = this.#happens(reorderPercent) ? 0 : this.#delay(impairment);
    const at = this.queue.now + delay;
    this.queue.call(at, packet);
    return at;
  }

  /**
   * How far a host is away as a registrar tells it: half of the round trip of the primary path, in steps of 50 ms.
   * @returns milliseconds
   */
  distance(from: Node, to: Node): number {
    return distanceStep * Math.round((500 * this.roundTrip(from, to)) / distanceStep);
  }

  /** Of the primary path as it is now, without jitter; seconds. */
  roundTrip(from: Node, to: Node): number {
    const [path] = this.pathsBetween(from, to);
    if (path === undefined) return 0;
    const [out, back] = [this.#impairmentOf(from, to, path), this.#impairmentOf(to, from, path)];
    return (out.delay ?? 0) + (back.delay ?? 0);
  }

  /** Whether a path has carried packets between two hosts for so many seconds. */
  isSteady(a: Node, b: Node, path: string, seconds: number): boolean {
    const since = Math.max(a.connectedAt.get(path) ?? -1, b.connectedAt.get(path) ?? -1);
    const works = [a, b].every((node) => node.hears(path) && node.isHeard(path)) && !a.isParted(b, path);
    return works && (since < 0 || this.queue.now >= since + seconds);
  }

  /** What the network does, and on top of that what is worse on the way out and on the way in. */
  #impairmentOf(from: Node, to: Node, path: string): Impairment {
    let impairment = this.#impairments.get(path)!;
    if (this.#delayBetween) impairment = { ...impairment, delay: this.#delayBetween(path, from.name, to.name) };
    if (from.impairments.size + to.impairments.size === 0) return impairment;
    const add = ({ impairments }: Node, other: Direction) => {
      for (const { network, direction, impairment: worse } of impairments) {
        if (direction !== other && (network ?? path) === path) impairment = combined(impairment, worse!);
      }
    };
    add(from, 'in');
    add(to, 'out');
    return impairment;
  }

  #delay({ delay = 0, jitter = 0, rateMbit }: Impairment): number {
    const serialisation = rateMbit === undefined ? 0 : packetBits / (rateMbit * 1e6);
    return Math.max(0, delay + jitter * (jitter > 0 ? this.#normal() : 0)) + serialisation;
  }

  #happens(percent: number): boolean {
    return percent > 0 && 100 * this.random.uniform() < percent;
  }

  /** Standard normal, by Box and Muller. */
  #normal(): number {
    return Math.sqrt(this.random.exponential(2)) * Math.cos(2 * Math.PI * this.random.uniform());
  }
}
