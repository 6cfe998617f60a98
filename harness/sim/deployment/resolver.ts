import type { Association, Side } from './association.js';
import type { Entry } from './handlespace.js';
import { answerSeconds, Home } from './home.js';
import { idle, type Process } from './process.js';
import type { Deployed } from './run.js';

const acceptor: Side = 1;

/** A user's questions to registrars: one at a time, asked again until it is answered. */
export class Resolver {
  readonly #home: Home;
  /** Whether a resolution is under way. */
  #asking = false;
  /** The question whose answer counts. One that was put elsewhere meanwhile may be answered all the same. */
  #question = 0;
  /** What to do once the association with the registrar is up. */
  #pending: (() => void) | null = null;

  constructor(
    readonly deployed: Deployed,
    readonly process: Process,
    readonly pool: string,
    /** Gets the element that was chosen; undefined when there is none. */
    readonly answered: (entry: Entry | undefined) => void,
  ) {
    const { network, registrars } = deployed;
    const up = () => {
      const pending = this.#pending;
      this.#pending = null;
      pending?.();
    };
    const lost = () => {
      // A resolution that was under way is lost with the association.
      if (this.#asking) this.#putAgain(null);
    };
    this.#home = new Home(registrars, network, process, { up, lost }, false);
    this.#home.join();
  }

  /** Asks a registrar for an element, reporting the one that failed. */
  resolve(bad: Entry | null): void {
    this.deployed.counters.serverSelections++;
    if (this.#home.isUp) this.#ask(bad);
    else this.#pending = () => this.#ask(bad);
  }

  #ask(bad: Entry | null): void {
    const { queue, record } = this.deployed;
    const { registrar, side, association, hasChoice } = this.#home;
    const user = this.process.node.name;
    const link = association!;
    this.#asking = true;
    const question = ++this.#question;
    record?.asked(user, registrar.node.name, queue.now);
    const patience = hasChoice ? this.process.after(answerSeconds, () => this.#askAnother(link, bad)) : idle;
    link.send(side, () => {
      if (bad) registrar.report(bad.pool, bad.process, link);
      const entry = registrar.select(this.pool, link);
      if (entry) record?.selection.offered(entry.process, queue.now);
      link.send(acceptor, () => {
        if (question !== this.#question) return;
        patience.stop();
        this.#asking = false;
        record?.answered(user, registrar.node.name, queue.now);
        this.answered(entry);
      });
    });
  }

  /** A registrar does not answer. */
  #askAnother(link: Association, bad: Entry | null): void {
    // It has been lost, and another one is asked already.
    if (this.#home.association !== link || !this.#home.isUp) return;
    this.#putAgain(bad);
    this.#home.leave();
  }

  /** To whichever registrar the user will be with. */
  #putAgain(bad: Entry | null): void {
    this.#question++;
    this.#pending = () => this.#ask(bad);
  }
}
