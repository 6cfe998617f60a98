import type { SctpTimers } from './network.js';
import type { Process } from './process.js';

const never = Number.NEGATIVE_INFINITY;

/** One side of an association: what it has sent and received, and what it has still to acknowledge. */
export class End {
  readonly address: number;
  /** A draining end still sends what it has to send, and takes nothing any more. */
  state: 'open' | 'draining' | 'closed' = 'open';
  onLost: () => void = () => {};
  readonly paths: { timeouts: number; suspectSince: number }[];
  /** Retransmissions since the last packet that got through. */
  errors = 0;
  sent = 0;
  received = 0;
  /** Messages that wait until an earlier one has got through. */
  held: (() => void)[] = [];
  /** Messages that came before one that is still on its way, by number; null until there is one. */
  early: Map<number, () => void> | null = null;
  #sentAt = never;
  /** Since when what it has received is unacknowledged: a while, or until it sends or receives something more. */
  #owesSince = never;
  /** When it last acknowledged all that it had received. */
  #acknowledgedAt = never;

  /** @param path number of the one that it was set up over: only that is trusted already */
  constructor(
    readonly process: Process,
    readonly timers: SctpTimers,
    paths: number,
    path: number,
    now: number,
  ) {
    this.address = process.node.address;
    this.paths = Array.from({ length: paths }, (_, index) => ({
      timeouts: 0,
      suspectSince: index === path ? -1 : now,
    }));
  }

  /** A message goes out, and an acknowledgement with it. */
  sends(now: number): void {
    this.#sentAt = now;
    this.#acknowledge(now);
  }

  /** A message comes in. Linux acknowledges every second one at once (RFC 9260, section 6.2). */
  receives(now: number): void {
    this.received++;
    if (this.#owes(now)) this.#acknowledge(now);
    else this.#owesSince = now;
  }

  /** Seconds until it hears that the last message that it has sent to the other end arrived. */
  unacknowledgedFor(other: End, oneWay: number, now: number): number {
    const { sackDelay } = other.timers;
    const owes = other.#owes(now);
    const underWay = this.sent - other.received;
    if (underWay > 0) {
      const delay = (underWay + (owes ? 1 : 0)) % 2 === 0 ? 0 : sackDelay;
      return Math.max(0, this.#sentAt + 2 * oneWay + delay - now);
    }
    const answeredAt = Math.max(other.#acknowledgedAt, other.#owesSince + sackDelay);
    return Math.max(0, answeredAt + oneWay - now);
  }

  #owes(now: number): boolean {
    return now < this.#owesSince + this.timers.sackDelay;
  }

  #acknowledge(now: number): void {
    this.#owesSince = never;
    this.#acknowledgedAt = now;
  }
}
