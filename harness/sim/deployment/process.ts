import type { Strike } from '../faults.js';
import type { EventQueue } from '../queue.js';
import type { Association } from './association.js';
import type { Node } from './network.js';

/**
 * What a program needs of a CPU for whatever happens to it, seconds: half a millisecond in virtual time (4 ns an
 * instruction). It counts only where little of a CPU is left to it.
 */
const cpuSeconds = 0.0005;

/** More processes than these never run on one host. */
const livesMost = 2 ** 16;

/** A component on a host as faults know it; each start is another process. */
export interface Component {
  /** Serves a request, or is the home of elements. */
  readonly isBusy: boolean;
  start(): void;
  /** SIGINT: says goodbye. @returns seconds until it has ended */
  shutDown(): number;
  /** SIGKILL: its kernel ends the associations. */
  kill(): void;
  /** Its host is gone without a word. */
  vanish(): void;
  freeze(): void;
  thaw(): void;
}

/** What can be taken back. */
export interface Stoppable {
  stop(): void;
}

/** Where there is nothing to take back. */
export const idle: Stoppable = { stop: () => {} };

const [ticking, rung, stopped] = [0, 1, 2] as const;

/** Does something in a process at a time. */
class Timer implements Stoppable {
  readonly #process: Process;
  readonly #action: () => void;
  readonly #handle: number;
  #state: typeof ticking | typeof rung | typeof stopped = ticking;

  constructor(process: Process, at: number, action: () => void) {
    this.#process = process;
    this.#action = action;
    this.#handle = process.queue.call(at, this);
  }

  /** A timer that rings while its process is frozen may still be stopped before that is noticed. */
  stop(): void {
    if (this.#state === ticking) this.#process.queue.revoke(this.#handle);
    this.#state = stopped;
  }

  happen(): void {
    this.#state = rung;
    if (this.#process.isPrompt) this.#action();
    else this.#process.run(() => this.#state === rung && this.#action());
  }
}

/**
 * A running program on a host. While it is frozen, what would happen in it waits; what its kernel does for it (SCTP's
 * acknowledgements, setting up associations) goes on.
 */
export class Process {
  alive = true;
  /** Counts those of the host from 0. */
  readonly life: number;
  /** No other process of the run has it. */
  readonly number: number;
  /** What ended it, where a fault did. */
  endedBy: Strike | null = null;
  readonly associations = new Set<Association>();
  #frozen = false;
  #waiting: (() => void)[] = [];
  /** When it has done what has happened to it so far, where it is starved. */
  #doneAt = 0;

  constructor(
    readonly node: Node,
    readonly queue: EventQueue,
    /** Called with every association that somebody else has set up with this process. */
    readonly onConnect: (association: Association) => void,
  ) {
    this.life = node.lives++;
    this.number = node.number * livesMost + this.life;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Whether what happens to it is done at once. */
  get isPrompt(): boolean {
    return this.alive && !this.#frozen && this.node.cpuShare >= 1 && this.#doneAt <= this.queue.now;
  }

  /** Something happens to the process: now, or when it is thawed, or when it gets a CPU. */
  run(action: () => void): void {
    if (this.isPrompt) action();
    else if (!this.alive) return;
    else if (this.#frozen) this.#waiting.push(action);
    else this.#runLate(action);
  }

  /** Sets a timer; it may be stopped. */
  after(seconds: number, action: () => void): Timer {
    return new Timer(this, this.queue.now + seconds, action);
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const action of waiting) this.run(action);
  }

  /** Its kernel ends what the process leaves behind. */
  abort(): void {
    for (const association of [...this.associations]) association.abort(this);
  }

  /** It is gone, and nobody is told. */
  vanish(): void {
    for (const association of [...this.associations]) association.vanish(this);
  }

  /** One after the other, as the share of a CPU allows. */
  #runLate(action: () => void): void {
    const { now } = this.queue;
    this.#doneAt = Math.max(now, this.#doneAt) + cpuSeconds / this.node.cpuShare;
    this.queue.call(this.#doneAt, () => {
      if (!this.alive) return;
      if (this.#frozen) this.#waiting.push(action);
      else action();
    });
  }
}
