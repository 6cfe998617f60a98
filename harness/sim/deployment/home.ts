import type { Association, Side } from './association.js';
import { connect } from './connect.js';
import type { Network } from './network.js';
import { idle, type Process } from './process.js';
import type { Registrar } from './registrar.js';

/**
 * How long an element or a user waits for a registrar's answer, in seconds, where there is another one to be asked: as
 * RSPLIB does (T1-ENRPrequest of RFC 5352 is 15 s).
 */
export const answerSeconds = 3;
/** How long it waits after it has been turned away by all of them. */
const huntSeconds = 1;
const opener: Side = 0;
const acceptor: Side = 1;

/** An element's or a user's association with its registrar: its home, which may become another one. */
export class Home {
  /** The newest; it may be lost. */
  association: Association | null = null;
  /** The component's side of it. */
  side: Side = opener;
  isUp = false;
  #turn = 0;
  #refusals = 0;
  /** Whether it has been up. */
  #isUsed = false;
  #giveUp: () => void = () => {};

  constructor(
    readonly registrars: readonly Registrar[],
    readonly network: Network,
    readonly process: Process,
    readonly on: {
      readonly up: () => void;
      /** It is lost; another one is looked for. */
      readonly lost: () => void;
    },
    /** It waits for the one that it has lost, and does not let another one take it over before. */
    readonly isFaithful: boolean,
  ) {}

  get registrar(): Registrar {
    return this.registrars[this.#turn]!;
  }

  /** Whether there is another one to be asked. */
  get hasChoice(): boolean {
    return this.registrars.length > 1;
  }

  /** Sets it up, with whichever lets it in first. */
  join(): void {
    this.#giveUp();
    let over = false;
    // Nobody answers an INIT of the one after whose death all others are to be tried.
    const patience = this.hasChoice ? this.process.after(answerSeconds, () => refused()) : idle;
    const refused = () => {
      if (over) return;
      over = true;
      patience.stop();
      attempt.stop();
      const isStaying = this.#isUsed && this.isFaithful;
      if (!isStaying) this.#next();
      const again = this.hasChoice && (isStaying || ++this.#refusals % this.registrars.length === 0);
      if (again) this.process.after(huntSeconds, () => this.isUp || this.join());
      else this.join();
    };
    const attempt = connect(this.network, this.process, this.registrar.peer, {
      up: (association) => {
        over = true;
        patience.stop();
        this.#refusals = 0;
        this.#use(association, opener);
      },
      refused,
    });
    this.#giveUp = () => {
      over = true;
      patience.stop();
      attempt.stop();
    };
  }

  /** Looks for another one. */
  leave(): void {
    this.#drop();
    this.#next();
    this.join();
  }

  /** A registrar has taken it over: it is its home from now on. */
  adopt(registrar: Registrar, association: Association): void {
    if (this.isUp && this.isFaithful) return;
    this.#giveUp();
    if (this.association !== association) this.#drop();
    this.#turn = this.registrars.indexOf(registrar);
    this.#use(association, acceptor);
  }

  #use(association: Association, side: Side): void {
    this.association = association;
    this.side = side;
    this.isUp = true;
    this.#isUsed = true;
    association.onLost(side, () => {
      if (this.association !== association) return;
      this.isUp = false;
      this.on.lost();
      if (this.isFaithful) this.join();
      else this.leave();
    });
    this.on.up();
  }

  #drop(): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.association!.close(this.side);
  }

  #next(): void {
    this.#turn = (this.#turn + 1) % this.registrars.length;
  }
}
