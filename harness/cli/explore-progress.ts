/** Tells how an exploration goes: one line with the time left, rewritten on a terminal, and plain lines elsewhere. */
import { realClock } from '../base/clock.js';
import { formatDuration } from '../base/units.js';
import type { ExploreProgress as State } from '../explore/explore.js';

/** A line that cannot be rewritten comes when something was tried or found, or after this long. */
const quietSeconds = 60;
const redrawSeconds = 0.2;

export class ExploreProgress {
  readonly #begin = realClock.now();
  #told = 0;
  #last = '';
  #begun = false;

  constructor(
    private readonly name: string,
    private readonly out: NodeJS.WriteStream,
  ) {}

  say(text: string): void {
    this.end();
    this.out.write(`${text}\n`);
  }

  update(state: State): void {
    const { folder, exploration, before, under } = state;
    if (!this.#begun) {
      this.#begun = true;
      const already = before > 0 ? `, ${before} seeds tried already` : '';
      this.say(`${this.name} on ${exploration.on}${already}; results in ${folder}`);
      return;
    }
    const now = realClock.now();
    const { tried, groups } = exploration;
    const unknown = tried.unknown > 0 ? `, ${tried.unknown} unknown` : '';
    const found = `${tried.failed} failed in ${groups.length} ways${unknown}`;
    const result = `${this.name}: ${tried.seeds}${ofSeeds(exploration)} seeds tried, ${found}`;
    const live = this.out.isTTY === true;
    const isNews = live ? now - this.#told >= redrawSeconds : result !== this.#last || now - this.#told >= quietSeconds;
    if (!isNews) return;
    [this.#told, this.#last] = [now, result];
    const text = `${result}${this.#left(state, now)}${under.length > 0 ? `; now ${under.join('; ')}` : ''}`;
    this.end();
    this.out.write(live ? text.slice(0, Math.max(20, this.out.columns - 1)) : `${text}\n`);
  }

  end(): void {
    if (!this.out.isTTY) return;
    this.out.clearLine(0);
    this.out.cursorTo(0);
  }

  #left({ exploration, before }: State, now: number): string {
    const { seeds, forSeconds, spentSeconds, tried } = exploration;
    if (forSeconds !== null) return ` – ${formatDuration(Math.max(0, Math.ceil(forSeconds - spentSeconds)))} left`;
    const here = tried.seeds - before;
    if (seeds === null || here <= 0) return '';
    const left = ((now - this.#begin) / here) * Math.max(0, seeds - tried.seeds);
    return ` – about ${formatDuration(Math.ceil(left))} left`;
  }
}

const ofSeeds = ({ seeds }: State['exploration']): string => (seeds === null ? '' : ` of ${seeds}`);
