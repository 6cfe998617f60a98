/** Tells how a sweep goes: one line with the time left, rewritten on a terminal, and now and then a line elsewhere. */
import { realClock } from '../base/clock.js';
import { formatDuration } from '../base/units.js';
import type { SweepProgress as State } from '../sweep/sweep.js';

/** Lines that cannot be rewritten come at every tenth of the work, and not more often than this. */
const quietSeconds = 5;
const redrawSeconds = 0.2;

export class SweepProgress {
  #begin = realClock.now();
  #told = 0;
  #tenth = 0;

  constructor(
    private readonly name: string,
    private readonly out: NodeJS.WriteStream,
  ) {}

  update(state: State): void {
    const { folder, total, done, resumed, failed, workers } = state;
    const now = realClock.now();
    if (done === resumed && this.#told === 0) {
      this.#begin = now;
      const already = resumed > 0 ? `, ${resumed} of them done already` : '';
      this.#line(`${this.name}: ${total} runs${already}; results in ${folder}`);
      this.#told = now;
      this.#tenth = Math.floor((10 * done) / total);
      return;
    }
    const tenth = Math.floor((10 * (done + failed)) / total);
    const live = this.out.isTTY === true;
    const due = now - this.#told >= (live ? redrawSeconds : quietSeconds);
    if (!due || (!live && tenth === this.#tenth)) return;
    [this.#told, this.#tenth] = [now, tenth];
    const failures = failed > 0 ? `, ${failed} failed` : '';
    const who = workers ? `, ${workers}` : '';
    const text = `${this.name}: ${done + failed} of ${total} runs${failures}${who}${this.#left(state, now)}`;
    if (live) {
      this.#clear();
      this.out.write(text.slice(0, Math.max(20, this.out.columns - 1)));
    } else this.#line(text);
  }

  end(): void {
    if (this.out.isTTY) this.#clear();
  }

  #left({ total, done, resumed, failed }: State, now: number): string {
    const here = done + failed - resumed;
    const left = ((now - this.#begin) / here) * (total - done - failed);
    return here > 0 ? ` – about ${formatDuration(Math.ceil(left))} left` : '';
  }

  #line(text: string): void {
    this.end();
    this.out.write(`${text}\n`);
  }

  #clear(): void {
    this.out.clearLine(0);
    this.out.cursorTo(0);
  }
}
