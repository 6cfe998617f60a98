/**
 * SCTP associations, and TCP connections, which have one path: as far as they decide when a message arrives and when a
 * peer learns that nobody is there. Set-up in two round trips, retransmission on another path, path failover, aborts by
 * a kernel that knows no such association. Messages of one direction arrive in order. Congestion and flow control do
 * not matter to a few packets per second.
 */
import { End } from './end.js';
import { type Network, Packet, type SctpTimers, Signal } from './network.js';
import type { Process } from './process.js';
import { sctp, type Transport } from './transport.js';

/** Instead of the number of the path that a message took before. */
const firstTime = -1;

export type Side = 0 | 1;

const timesOut = 1;

/** A message that is sent once; that it is to be sent again, for want of an acknowledgement, happens to it, too. */
class Transmission extends Packet {
  /** When it is to be sent again, and its rank among what happens then. */
  due = 0;
  rank = 0;

  constructor(
    readonly association: Association,
    readonly side: Side,
    readonly number: number,
    readonly deliver: () => void,
    /** Number of its path. */
    readonly route: number,
    ...packet: ConstructorParameters<typeof Packet>
  ) {
    super(...packet);
  }

  override happen(what = 0): void {
    if (what === timesOut) this.association.timedOut(this);
    else super.happen();
  }

  arrive(): void {
    this.association.gotThrough(this);
  }

  override miss(): void {
    this.association.await(this);
  }
}

export class Association {
  readonly #network: Network;
  readonly #paths: readonly string[];
  readonly #ends: readonly [End, End];
  readonly #endsAcknowledged: boolean;
  /**
   * Whether messages wait for one that is being sent again, and follow it: what SCTP's window does where there is more
   * than a message in a while.
   */
  holdsBack = false;

  /** `path`: the number of the one that it was set up over; the others are not trusted before a heartbeat came back. */
  constructor(
    network: Network,
    opener: Process,
    acceptor: Process,
    path: number,
    { paths, timers, endsAcknowledged }: Transport = sctp,
  ) {
    this.#network = network;
    this.#endsAcknowledged = endsAcknowledged;
    this.#paths = paths(network, opener.node, acceptor.node);
    this.#ends = [
      this.#end(opener, path, timers(network, opener.node, acceptor.node)),
      this.#end(acceptor, path, timers(network, acceptor.node, opener.node)),
    ];
    opener.associations.add(this);
    acceptor.associations.add(this);
  }

  /** What a side does when it learns that the other one is gone. */
  onLost(side: Side, action: () => void): void {
    this.#ends[side].onLost = action;
  }

  isOpen(side: Side): boolean {
    return this.#ends[side].state === 'open';
  }

  /** Sends a message, which does `deliver` in the other side's process. */
  send(side: Side, deliver: () => void): void {
    const end = this.#ends[side];
    if (end.state !== 'open') return;
    if (this.holdsBack && end.errors > 0) end.held.push(deliver);
    else this.#transmit(side, end.sent++, deliver, firstTime);
  }

  sideOf(process: Process): Side {
    return this.#ends[0].process === process ? 0 : 1;
  }

  /** The side wants no more of it; the other one is told. */
  close(side: Side): void {
    const end = this.#ends[side];
    if (end.state === 'closed') return;
    this.#shut(end);
    const other: Side = side === 0 ? 1 : 0;
    this.#tell(side, () => this.#lose(other));
  }

  /** The side takes no more messages, but what it has sent is still delivered. */
  drain(side: Side): void {
    if (this.#ends[side].state === 'open') this.#ends[side].state = 'draining';
  }

  /** The side vanishes without a word. */
  vanish(process: Process): void {
    for (const end of this.#ends) if (end.process === process) this.#shut(end);
  }

  /** The side's process was killed: its kernel ends the association, once its messages have got through. */
  abort(process: Process): void {
    for (const side of [0, 1] as const) {
      if (this.#ends[side].process !== process) continue;
      const wait = this.#unacknowledgedFor(side);
      if (wait === 0) this.close(side);
      else {
        const { queue } = this.#network;
        this.#shut(this.#ends[side]);
        queue.call(queue.now + wait, () => this.#tell(side, () => this.#lose(side === 0 ? 1 : 0)));
      }
    }
  }

  /**
   * The side ends the association, once its messages have got through; the other one hears of it.
   * @returns seconds until then
   */
  leave(side: Side, hear: () => void): number {
    const { queue } = this.#network;
    const { process } = this.#ends[side === 0 ? 1 : 0];
    const wait = this.#unacknowledgedFor(side);
    queue.call(queue.now + wait, () => this.#tell(side, () => process.run(hear)));
    return wait;
  }

  #unacknowledgedFor(side: Side): number {
    if (!this.#endsAcknowledged) return 0;
    const [own, other] = [this.#ends[side], this.#ends[side === 0 ? 1 : 0]];
    const oneWay = this.#network.roundTrip(own.process.node, other.process.node) / 2;
    return own.unacknowledgedFor(other, oneWay, this.#network.queue.now);
  }

  #transmit(side: Side, number: number, deliver: () => void, lastPath: number): void {
    const from = this.#ends[side];
    if (from.state === 'closed') return;
    const path = this.#choose(side, lastPath);
    const { process, address } = from;
    const { node } = process;
    from.sends(this.#network.queue.now);
    const to = this.#ends[side === 0 ? 1 : 0];
    const there = to.process.node;
    const message = new Transmission(this, side, number, deliver, path, node, there, to.address, this.#paths[path]!);
    const { queue } = this.#network;
    const { rtoMin, rtoMax } = from.timers;
    message.due = queue.now + Math.min(rtoMax, rtoMin * 2 ** from.paths[path]!.timeouts);
    // What a host sends after a change of its addresses comes from nowhere that the association knows.
    const at = node.address === address ? this.#network.pass(message) : Number.POSITIVE_INFINITY;
    message.rank = queue.reserveRanks(1);
    // Nearly all arrive in time, and need no timer.
    if (at > message.due) this.await(message);
  }

  /** Sets the timer of a message that has not arrived. */
  await(message: Transmission): void {
    const { due, rank } = message;
    this.#network.queue.call(due, message, timesOut, rank);
  }

  /** A message arrives at the other side. */
  gotThrough({ side, number, deliver, route }: Transmission): void {
    const from = this.#ends[side];
    from.errors = 0;
    from.paths[route]!.timeouts = 0;
    this.#arrive(side === 0 ? 1 : 0, number, deliver);
    if (from.held.length > 0) this.#release(side);
  }

  /** Nobody has acknowledged a message. */
  timedOut(message: Transmission): void {
    const { side, number, deliver, route } = message;
    const from = this.#ends[side];
    if (from.state === 'closed') return;
    const { queue } = this.#network;
    const { associationMaxRetransmissions, potentiallyFailedRetransmissions } = from.timers;
    const timeouts = ++from.paths[route]!.timeouts;
    if (timeouts > potentiallyFailedRetransmissions) from.paths[route]!.suspectSince = queue.now;
    if (++from.errors > associationMaxRetransmissions) this.#lose(side);
    else this.#transmit(side, number, deliver, route);
  }

  #release(side: Side): void {
    const { held } = this.#ends[side];
    this.#ends[side].held = [];
    for (const deliver of held) this.send(side, deliver);
  }

  #arrive(side: Side, number: number, deliver: () => void): void {
    const to = this.#ends[side];
    const sender: Side = side === 0 ? 1 : 0;
    if (to.state !== 'open' || !to.process.alive) {
      // Nobody here knows this association: the kernel says so.
      this.#tell(side, () => this.#lose(sender));
      return;
    }
    if (number !== to.received) {
      to.early ??= new Map();
      to.early.set(number, deliver);
      return;
    }
    to.receives(this.#network.queue.now);
    to.process.run(deliver);
    if (to.early === null) return;
    for (let next = to.early.get(to.received); next; next = to.early.get(to.received)) {
      to.early.delete(to.received);
      to.receives(this.#network.queue.now);
      to.process.run(next);
    }
  }

  /**
   * A retransmission takes another path than the transmission before it, new data the primary one unless it is
   * suspected. Linux suspects a path after its first timeout (RFC 7829, pf_retrans 0 by default) and trusts it again
   * once a heartbeat has come back, taken here as one retransmission timeout after it works again.
   */
  #choose(side: Side, last: number): number {
    const { queue } = this.#network;
    const near = this.#ends[side];
    if (last !== 0 && near.paths[0]!.suspectSince < 0) return 0;
    const far = this.#ends[side === 0 ? 1 : 0];
    const { rtoMin } = near.timers;
    const trusted = this.#paths.findIndex((path, index) => {
      if (index === last) return false;
      const { suspectSince } = near.paths[index]!;
      if (suspectSince < 0) return true;
      const tested = queue.now >= suspectSince + rtoMin;
      const works = tested && this.#network.isSteady(near.process.node, far.process.node, path, rtoMin);
      if (works) near.paths[index]!.suspectSince = -1;
      return works;
    });
    if (trusted >= 0) return trusted;
    return (last + 1) % this.#paths.length;
  }

  /** A word of one side's kernel to the other's, which is said once. */
  #tell(side: Side, hear: () => void): void {
    const path = this.#paths[this.#choose(side, firstTime)]!;
    const from = this.#ends[side];
    const to = this.#ends[side === 0 ? 1 : 0];
    const { node } = from.process;
    if (node.address === from.address) this.#network.pass(new Signal(node, to.process.node, to.address, path, hear));
  }

  #lose(side: Side): void {
    const end = this.#ends[side];
    if (end.state === 'closed') return;
    this.#shut(end);
    end.process.run(end.onLost);
  }

  #shut(end: End): void {
    end.state = 'closed';
    end.process.associations.delete(this);
  }

  #end(process: Process, path: number, timers: SctpTimers): End {
    return new End(process, timers, this.#paths.length, path, this.#network.queue.now);
  }
}
