import type { Peer, Peers } from './peers.js';
import type { Process, Stoppable } from './process.js';

/** A takeover that waits for the votes of active peers. */
interface Takeover {
  readonly target: Peer;
  readonly outstanding: Set<Process>;
  readonly expiry: Stoppable;
}

/** The takeovers that a registrar has begun, and its votes about those of others (RFC 5353). */
export class Takeovers {
  readonly #all = new Map<Process, Takeover>();

  constructor(readonly peers: Peers) {}

  /** Asks all active peers to agree to the takeover of one that does not answer. */
  begin(target: Peer): void {
    const { own, all } = this.peers;
    if (this.#all.has(target.life)) return;
    target.isActive = false;
    const voters = [...all.values()].filter(({ isActive }) => isActive);
    const takeover: Takeover = {
      target,
      outstanding: new Set(voters.map(({ life }) => life)),
      expiry: own.process.after(own.role.takeoverExpiryInterval, () => this.#expire(takeover)),
    };
    this.#all.set(target.life, takeover);
    own.deployed.record?.began(own.node.name, target.registrar.node.name, own.process.queue.now);
    for (const voter of voters) {
      this.peers.send(voter, (theirs) => theirs.takeovers.#asked(own.process, own.number, target.life));
    }
    if (voters.length === 0 && !own.deployed.quirks.votesNeeded) this.#complete(takeover);
  }

  /** The target has been heard of. */
  cancel(target: Process): void {
    this.#all.get(target)?.expiry.stop();
    this.#all.delete(target);
  }

  /** A peer wants to take another one over: of two who want the same, the one with the smaller number does. */
  #asked(by: Process, number: number, target: Process): void {
    const { own, all } = this.peers;
    if (target === own.process) {
      this.peers.presence();
      return;
    }
    if (this.#all.has(target) && own.number < number) return;
    this.cancel(target);
    const peer = all.get(target);
    if (peer) peer.isActive = false;
    const asker = all.get(by);
    if (asker) this.peers.send(asker, (theirs) => theirs.takeovers.#agreed(own.process, target));
  }

  #agreed(voter: Process, target: Process): void {
    const takeover = this.#all.get(target);
    if (!takeover?.outstanding.delete(voter)) return;
    if (takeover.outstanding.size === 0) this.#complete(takeover);
  }

  #complete({ target }: Takeover): void {
    const { own, all } = this.peers;
    const { record, quirks } = own.deployed;
    this.cancel(target.life);
    all.delete(target.life);
    const orphans = own.handlespace.of(target.life);
    if (orphans.length > 0) record?.tookOver(own.node.name, target.registrar.node.name, own.process.queue.now);
    for (const entry of orphans) own.adopt(entry);
    own.tellHolding();
    if (quirks.silentTakeover) return;
    for (const peer of all.values()) {
      if (peer.isActive) this.peers.send(peer, (theirs) => theirs.takeovers.#lost(target.life, own.process));
    }
  }

  /** A peer has taken another one over, with all its elements. */
  #lost(target: Process, by: Process): void {
    const { own, all } = this.peers;
    this.cancel(target);
    all.delete(target);
    for (const entry of own.handlespace.of(target)) entry.home = by;
    own.tellHolding();
  }

  /** Not all have agreed in time: those who fell silent meanwhile are not asked again. */
  #expire({ target }: Takeover): void {
    const { own } = this.peers;
    this.cancel(target.life);
    own.deployed.record?.expired(own.node.name, target.registrar.node.name, own.process.queue.now);
  }
}
