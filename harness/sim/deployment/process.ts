import type { Strike } from '../faults.js';
import type { EventQueue } from '../queue.js';
import type { Association } from './association.js';
import type { Node } from './network.js';

/**
 * A running program on a host. While it is frozen, what would happen in it waits; what its kernel does for it (SCTP's
 * acknowledgements, setting up associations) goes on.
 */
export class Process {
  alive = true;
  /** What ended it, where a fault did. */
  endedBy: Strike | null = null;
  readonly associations = new Set<Association>();
  #frozen = false;
  #waiting: (() => void)[] = [];

  constructor(
    readonly node: Node,
    readonly queue: EventQueue,
    /** Called with every association that somebody else has set up with this process. */
    readonly onConnect: (association: Association) => void,
  ) {}

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Something happens to the process: now, or when it is thawed. */
  run(action: () => void): void {
    if (!this.alive) return;
    if (this.#frozen) this.#waiting.push(action);
    else action();
  }

  /** Sets a timer; the returned function takes it back. */
  after(seconds: number, action: () => void): () => void {
    let state: 'ticking' | 'rung' | 'stopped' = 'ticking';
    const handle = this.queue.call(this.queue.now + seconds, () => {
      state = 'rung';
      // A timer that rings while the process is frozen may still be stopped before it is noticed.
      this.run(() => state === 'rung' && action());
    });
    return () => {
      if (state === 'ticking') this.queue.revoke(handle);
      state = 'stopped';
    };
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
}
