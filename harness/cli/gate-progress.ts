/** Tells how a gate goes: a line that is rewritten on a terminal, and now and then a line elsewhere. */
import { realClock } from '../base/clock.js';
import type { Task } from '../gate/state.js';

const quietSeconds = 10;

export class GateProgress {
  #told = Number.NEGATIVE_INFINITY;

  constructor(private readonly out: NodeJS.WriteStream) {}

  update({ contest, side, replication }: Task, done: number, known: number): void {
    const what = contest.baseline ? '' : ` (${side})`;
    const text = `gate: run ${done + 1} of at least ${known}: ${contest.point.name}, replication ${replication}${what}`;
    if (this.out.isTTY) {
      this.end();
      this.out.write(text.slice(0, Math.max(20, this.out.columns - 1)));
    } else if (realClock.now() - this.#told >= quietSeconds) {
      this.#told = realClock.now();
      this.out.write(`${text}\n`);
    }
  }

  end(): void {
    if (!this.out.isTTY) return;
    this.out.clearLine(0);
    this.out.cursorTo(0);
  }
}
