import type { Association, Side } from './association.js';
import { connect } from './connect.js';
import type { Network } from './network.js';
import type { Process } from './process.js';
import type { Registrar } from './registrar.js';

const opener: Side = 0;
const acceptor: Side = 1;

/** What the peer does when it hears of it; it may answer by the association. */
type Said = (association: Association) => void;

/** By which a registrar speaks to a peer: an association that is set up when there is something to say. */
export class Line {
  #association: Association | null = null;
  /** What is to be said once it is up; null while nobody sets it up. */
  #waiting: Said[] | null = null;

  constructor(
    readonly network: Network,
    readonly process: Process,
    readonly to: Registrar,
  ) {}

  send(said: Said): void {
    const association = this.#association;
    if (association) association.send(opener, () => said(association));
    else if (this.#waiting) this.#waiting.push(said);
    else this.#connect(said);
  }

  /** Asks the peer for something, and does `hear` with its answer. */
  ask<T>(question: () => T, hear: (answer: T) => void): void {
    this.send((association) => {
      const answer = question();
      association.send(acceptor, () => hear(answer));
    });
  }

  #connect(first: Said): void {
    this.#waiting = [first];
    connect(this.network, this.process, this.to.peer, {
      up: (association) => {
        const waiting = this.#waiting!;
        this.#waiting = null;
        this.#association = association;
        association.holdsBack = true;
        association.onLost(opener, () => {
          this.#association = null;
        });
        for (const said of waiting) this.send(said);
      },
      refused: () => {
        this.#waiting = null;
      },
    });
  }
}
