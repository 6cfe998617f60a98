/**
 * Taking over the elements of a registrar that died (RFC 5353, section 3.6): all other peers are asked, of those that
 * want the same the one with the lowest identifier goes on, and one that has nobody to ask need not wait for anybody.
 */
import { type EnrpMessage, enrpTypes } from '../enrp.js';
import { type Core, hex } from './core.js';
import type { Peer, Peers } from './peers.js';

interface Attempt {
  readonly awaited: Set<number>;
  readonly stop: () => void;
}

export class Takeovers {
  /** Our own, by who is taken over. */
  readonly #own = new Map<number, Attempt>();
  /** Those of others that we agreed to. */
  readonly #others = new Map<number, { readonly by: number; readonly stop: () => void }>();

  /** @param settled a dead registrar's elements are the other's from now on; 0: it is looked at again */
  constructor(
    private readonly core: Core,
    private readonly peers: Peers,
    private readonly settled: (dead: number, by: number) => void,
  ) {}

  begin(dead: Peer): void {
    const { identifier } = dead;
    if (this.#own.has(identifier) || this.#others.has(identifier)) return;
    const { outside } = this.core;
    outside.log(`Initiating takeover of dead peer ${hex(identifier)}`);
    const asked = this.peers.known.filter((peer) => peer !== dead);
    // Others that are thought dead as well may never answer; they are asked all the same, for they may live.
    const awaited = new Set(asked.map((peer) => peer.identifier).filter((it) => !this.#own.has(it)));
    this.#own.set(identifier, { awaited, stop: this.#later(() => this.#expire(identifier)) });
    for (const peer of asked) this.peers.tell(peer, { type: enrpTypes.initTakeover, target: identifier });
    this.lost(identifier);
    this.#finishIfAgreed(identifier);
  }

  /** A peer wants to take over somebody else than us. */
  asked(peer: Peer, { target }: EnrpMessage): void {
    const own = this.#own.get(target!);
    const { identifier } = this.core.options;
    const say = (what: string) =>
      this.core.outside.log(`Peer ${hex(peer.identifier)}, also trying takeover of ${hex(target!)}, ${what}`);
    if (own && identifier < peer.identifier) {
      say('has a higher identifier: we go on');
      return;
    }
    if (own) {
      say('has a lower identifier: it goes on');
      this.cancel(target!);
    }
    this.peers.tell(peer, { type: enrpTypes.initTakeoverAck, target });
    this.#others.get(target!)?.stop();
    const stop = this.#later(() => {
      this.#others.delete(target!);
      this.settled(target!, 0);
    });
    this.#others.set(target!, { by: peer.identifier, stop });
  }

  agreed(peer: Peer, { target }: EnrpMessage): void {
    this.#own.get(target!)?.awaited.delete(peer.identifier);
    this.#finishIfAgreed(target!);
  }

  /** A peer says that it has taken somebody over. */
  done(peer: Peer, { target }: EnrpMessage): void {
    this.cancel(target!);
    this.settled(target!, peer.identifier);
  }

  /** A peer is no more, or thought so: nobody waits for it. */
  lost(identifier: number): void {
    for (const [dead, { awaited }] of this.#own) {
      awaited.delete(identifier);
      this.#finishIfAgreed(dead);
    }
  }

  /** Nobody takes it over, at least not by what was said until now. */
  cancel(dead: number): void {
    this.#own.get(dead)?.stop();
    this.#own.delete(dead);
    this.#others.get(dead)?.stop();
    this.#others.delete(dead);
  }

  #finishIfAgreed(dead: number): void {
    const attempt = this.#own.get(dead);
    if (!attempt || attempt.awaited.size > 0) return;
    this.cancel(dead);
    this.settled(dead, this.core.options.identifier);
  }

  #expire(dead: number): void {
    const awaited = this.#own.get(dead)?.awaited.size ?? 0;
    this.core.outside.log(`Takeover of peer ${hex(dead)} has expired: ${awaited} outstanding acknowledgements`);
    this.#own.delete(dead);
    // Whoever did not agree is as silent as the dead one, or will be asked again.
    this.settled(dead, 0);
  }

  #later(task: () => void): () => void {
    const at = this.core.outside.now() + this.core.options.parameters.takeoverExpiryInterval;
    return this.core.timers.at(at, task);
  }
}
