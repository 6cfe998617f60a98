/** Tells how a run goes: one line that is rewritten on a terminal, plain lines elsewhere. */
import { realClock } from '../base/clock.js';
import { formatDuration } from '../base/units.js';
import type { Plan } from '../experiment/plan.js';
import type { JournalEvent, PhaseName } from '../result/journal.js';

const tellings: Record<PhaseName, string> = {
  open: 'making hosts and networks',
  deploy: 'starting registrars and pool elements',
  settle: 'pool elements are registered',
  warmUp: 'pool users are running, nothing counts yet',
  measure: 'measuring',
  drain: 'no more faults, running requests may finish',
  collect: 'ending components, collecting files',
  end: 'the lab is closed, dissecting the capture',
};

/** Lines that cannot be rewritten come at every tenth of a simulation, and not more often than this. */
const quietSeconds = 5;
const redrawSeconds = 0.2;

export class Progress {
  readonly #total: number;
  #told = realClock.now();
  #tenth = -1;
  #begin = realClock.now();
  #phase = 'booting';
  #ticker: NodeJS.Timeout | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly on: string,
    private readonly out: NodeJS.WriteStream,
  ) {
    const { settle, warmUp, measure, drain } = plan.phases;
    // Opening and closing a lab: measured at about 12 s and a second for three hosts.
    this.#total = settle + warmUp + measure + drain + (on === 'sim' ? 0 : 12 + plan.hosts.length / 3);
  }

  begin(folder: string): void {
    this.#begin = realClock.now();
    const { experiment, seed, point } = this.plan;
    const settings = Object.entries(point).map(([name, value]) => `, ${name} ${value}`);
    this.#say(`${experiment} on ${this.on}, seed ${seed}${settings.join('')}`);
    this.#say(`results in ${folder}`);
    if (this.#live) this.#ticker = setInterval(() => this.#redraw(), 500);
  }

  event(event: JournalEvent): void {
    if (this.on === 'sim') return;
    switch (event.event) {
      case 'phase':
        this.#phase = tellings[event.phase];
        if (!this.#live) this.#say(this.#phase);
        break;
      case 'faultInjected':
        this.#say(`${event.kind} on ${event.host}${event.network ? ` (${event.network})` : ''}`);
        break;
      case 'faultHealed':
        this.#say(`${event.host} is back`);
        break;
      case 'broken':
        this.#say(`broken: ${event.reason}`);
        break;
    }
    this.#redraw();
  }

  /** @param share of the run that is simulated, between 0 and 1 */
  simulated(share: number): void {
    const now = realClock.now();
    const tenth = Math.floor(10 * share);
    const due = now - this.#told >= (this.out.isTTY ? redrawSeconds : quietSeconds);
    if (!due || (!this.out.isTTY && tenth === this.#tenth)) return;
    [this.#told, this.#tenth] = [now, tenth];
    const left = share > 0 ? ((now - this.#begin) / share) * (1 - share) : Number.POSITIVE_INFINITY;
    const text = `simulated ${(100 * share).toPrecision(2)} % – about ${formatDuration(Math.ceil(left))} left`;
    if (!this.out.isTTY) this.#say(text);
    else {
      this.#clear();
      this.out.write(text);
    }
  }

  end(): void {
    clearInterval(this.#ticker);
    if (this.out.isTTY) this.#clear();
  }

  get #live(): boolean {
    return this.out.isTTY === true && this.on !== 'sim';
  }

  #say(text: string): void {
    if (this.#live) this.#clear();
    const time = (realClock.now() - this.#begin).toFixed(1).padStart(6);
    this.out.write(this.on === 'sim' ? `${text}\n` : `${time} s  ${text}\n`);
  }

  #redraw(): void {
    if (!this.#live) return;
    const left = Math.max(0, this.#total - (realClock.now() - this.#begin));
    this.#clear();
    this.out.write(`          ${this.#phase} – about ${formatDuration(Math.ceil(left))} left`);
  }

  #clear(): void {
    this.out.clearLine(0);
    this.out.cursorTo(0);
  }
}
