/** Handle tables between registrars (RFC 5353, sections 3.3 and 3.5): sent in parts, taken in as claims. */

import { type EnrpMessage, enrpFlags, enrpTypes } from '../enrp.js';
import type { Parameter, ParameterOf } from '../parameter.js';
import { type Core, hex } from './core.js';
import type { Element } from './handlespace.js';
import type { Peer, Peers } from './peers.js';

/** As many as RSPLIB sends at a time, and far from what a message holds. */
const mostElements = 128;

/** What a peer says of an element: that it is there, and whose it is. */
export type Claim = (pool: string, element: ParameterOf<'poolElement'>, by: Peer) => void;

export class Tables {
  constructor(
    private readonly core: Core,
    private readonly peers: Peers,
  ) {}

  /** Asks a peer for its elements, or for all that it knows. */
  ask(peer: Peer, ownOnly: boolean): void {
    if (peer.synchronizing) return;
    peer.synchronizing = new Set();
    this.core.counts.synchronizations += 1;
    this.peers.tell(peer, this.#request(ownOnly));
  }

  /** Answers with the first part of what a peer asks for, or with the next one. */
  answer(peer: Peer, { flags }: EnrpMessage): void {
    const ownOnly = (flags & enrpFlags.ownChildrenOnly) !== 0;
    const parts = peer.unsent ?? this.#parts(ownOnly);
    const parameters = parts.shift() ?? [];
    peer.unsent = parts.length > 0 ? parts : null;
    const more = peer.unsent ? enrpFlags.moreToSend : 0;
    this.peers.tell(peer, { type: enrpTypes.handleTableResponse, flags: more, parameters });
  }

  /**
   * Takes in one part of a peer's table; when it was the last one, forgets what the peer does not claim any more.
   * @returns whether it was the last one
   */
  hear(peer: Peer, { flags, parameters }: EnrpMessage, claim: Claim, forget: (element: Element) => void): boolean {
    const claimed = peer.synchronizing;
    if (!claimed) return false;
    if ((flags & enrpFlags.reject) !== 0) {
      peer.synchronizing = null;
      return true;
    }
    let pool: string | null = null;
    for (const it of parameters) {
      if (it.kind === 'poolHandle') pool = it.handle;
      if (it.kind !== 'poolElement' || pool === null) continue;
      claimed.add(`${it.identifier} ${pool}`);
      claim(pool, it, peer);
    }
    if ((flags & enrpFlags.moreToSend) !== 0) {
      this.peers.tell(peer, this.#request(true));
      return false;
    }
    peer.synchronizing = null;
    this.core.outside.log(`Got HandleTableResponse from peer ${hex(peer.identifier)}`);
    for (const element of this.core.handlespace.elements(peer.identifier))
      if (!claimed.has(`${element.identifier} ${element.pool}`)) forget(element);
    return true;
  }

  #request = (ownOnly: boolean) => ({
    type: enrpTypes.handleTableRequest,
    flags: ownOnly ? enrpFlags.ownChildrenOnly : 0,
  });

  #parts(ownOnly: boolean): Parameter[][] {
    const { handlespace, options } = this.core;
    const elements = handlespace.elements(ownOnly ? options.identifier : undefined);
    const parts: Parameter[][] = [];
    for (let at = 0; at < elements.length; at += mostElements) {
      let pool: string | null = null;
      const part: Parameter[] = [];
      for (const element of elements.slice(at, at + mostElements)) {
        if (element.pool !== pool) part.push({ kind: 'poolHandle', handle: element.pool });
        pool = element.pool;
        part.push({ ...element.parameter, registrar: element.home });
      }
      parts.push(part);
    }
    return parts;
  }
}
