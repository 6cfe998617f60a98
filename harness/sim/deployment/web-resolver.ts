import { proxySeconds } from '../../experiment/web-parts.js';
import type { Entry } from './handlespace.js';
import { Home } from './home.js';
import type { Process } from './process.js';
import type { Deployed } from './run.js';

/** The elements of a pool as a proxy pool user knows them: answers are used until newer ones are there. */
export class WebResolver {
  readonly #home: Home;
  #entries: readonly Entry[] | null = null;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #turn = 0;
  #asking = false;
  readonly #avoidedUntil = new Map<Process, number>();
  #waiting: (() => void)[] = [];

  constructor(
    readonly deployed: Deployed,
    readonly process: Process,
    readonly pool: string,
    readonly staleCacheValue: number,
  ) {
    const { network, registrars } = deployed;
    const on = {
      up: () => this.#ask(),
      lost: () => {
        this.#asking = false;
      },
    };
    this.#home = new Home(registrars, network, process, on, false);
    this.#home.join();
  }

  /** Each time another one is first; who lately failed is last. Does it at once unless no element is known. */
  resolve(found: (entries: readonly Entry[]) => void): void {
    const { queue } = this.deployed;
    if (queue.now - this.#answeredAt > this.staleCacheValue) this.#ask();
    const isKnown = this.#entries !== null && (this.#entries.length > 0 || !this.#asking);
    if (isKnown) found(this.#inTurn());
    else this.#wait(() => found(this.#inTurn()));
  }

  /** Once, however many requests the element failed. */
  report({ pool, process: element }: Entry): void {
    const { now } = this.deployed.queue;
    if ((this.#avoidedUntil.get(element) ?? 0) > now) return;
    this.#avoidedUntil.set(element, now + proxySeconds.avoidance);
    const { association, side, registrar, isUp } = this.#home;
    if (isUp) association!.send(side, () => registrar.report(pool, element, association!));
    this.#ask();
  }

  #ask(): void {
    const { association: link, side, registrar, isUp, hasChoice } = this.#home;
    if (this.#asking || !isUp || !link) return;
    const { queue, counters, record } = this.deployed;
    const user = this.process.node.name;
    this.#asking = true;
    counters.serverSelections++;
    record?.asked(user, registrar.node.name, queue.now);
    const patience = this.process.after(proxySeconds.firstAnswer, () => {
      if (hasChoice && this.#asking && this.#home.association === link) this.#home.leave();
    });
    link.send(side, () => {
      const entries = registrar.list(this.pool, link);
      for (const { process } of entries) record?.selection.offered(process, queue.now);
      link.send(side === 0 ? 1 : 0, () => {
        patience.stop();
        this.#asking = false;
        record?.answered(user, registrar.node.name, queue.now);
        this.#answeredAt = queue.now;
        this.#entries = entries;
        for (const tell of this.#waiting.splice(0)) tell();
      });
    });
  }

  #wait(tell: () => void): void {
    let isOver = false;
    const once = () => {
      if (!isOver) tell();
      isOver = true;
    };
    this.#waiting.push(once);
    this.process.after(proxySeconds.firstAnswer, once);
  }

  #inTurn(): Entry[] {
    const entries = this.#entries ?? [];
    const first = this.#turn++ % Math.max(1, entries.length);
    const inTurn = [...entries.slice(first), ...entries.slice(0, first)];
    const isAvoided = ({ process }: Entry) => (this.#avoidedUntil.get(process) ?? 0) > this.deployed.queue.now;
    return [...inTurn.filter((entry) => !isAvoided(entry)), ...inTurn.filter(isAvoided)];
  }
}
