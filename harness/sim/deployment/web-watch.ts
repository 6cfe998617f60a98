import type { Association, Side } from './association.js';
import { connect } from './connect.js';
import type { Entry } from './handlespace.js';
import { idle, type Process, type Stoppable } from './process.js';
import type { Deployed } from './run.js';
import { tcp } from './transport.js';
import type { WebElement } from './web-element.js';

const opener: Side = 0;

interface Watched {
  readonly entry: Entry;
  /** Requests under way. */
  count: number;
  timer: Stoppable;
  /** Keep-alives have one of their own. */
  connection: Association | null;
}

/** Session keep-alives of a proxy pool user: an element that has requests under way is asked whether it still lives. */
export class WebWatch {
  readonly #watched = new Map<Process, Watched>();

  /** @param how seconds from one question to the next, and that an answer may take */
  constructor(
    readonly deployed: Deployed,
    readonly process: Process,
    readonly how: { readonly interval: number; readonly timeout: number },
    readonly onSilence: (entry: Entry) => void,
  ) {}

  /** A request to the element begins. @returns what to call when it is over */
  begin(entry: Entry): () => void {
    const known = this.#watched.get(entry.process);
    const watched: Watched = known ?? { entry, count: 0, timer: idle, connection: null };
    this.#watched.set(entry.process, watched);
    if (watched.count++ === 0) this.#askLater(watched);
    return () => {
      if (--watched.count === 0) watched.timer.stop();
    };
  }

  #askLater(watched: Watched): void {
    watched.timer.stop();
    watched.timer = this.process.after(this.how.interval, () => this.#ask(watched));
  }

  #ask(watched: Watched): void {
    const { network, elements } = this.deployed;
    const { entry } = watched;
    const element = elements.get(entry.node.name) as WebElement | undefined;
    let isOver = false;
    const end = (isAlive: boolean) => {
      if (isOver) return;
      isOver = true;
      patience.stop();
      opening.stop();
      if (!isAlive) this.#drop(watched);
      if (watched.count === 0) return;
      if (isAlive) this.#askLater(watched);
      else this.onSilence(entry);
    };
    const patience = this.process.after(this.how.timeout, () => end(false));
    let opening: Stoppable = idle;
    const up = (connection: Association) => {
      watched.connection = connection;
      connection.onLost(opener, () => {
        watched.connection = null;
        end(false);
      });
      connection.send(opener, () => element?.answer(connection, () => end(true)));
    };
    if (watched.connection) up(watched.connection);
    else opening = connect(network, this.process, entry, { up, refused: () => end(false) }, tcp);
  }

  /** Should it come back, it is watched anew. */
  #drop(watched: Watched): void {
    this.#watched.delete(watched.entry.process);
    watched.connection?.close(opener);
    watched.connection = null;
  }
}
