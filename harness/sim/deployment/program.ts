import type { Component, Process } from './process.js';

/** What faults do to a registrar and to users alike: one process after the other, which takes no leave. */
export abstract class Program implements Component {
  process!: Process;

  abstract readonly isBusy: boolean;

  abstract start(): void;

  /** The process is gone: what it had to do is lost. */
  protected abstract die(): void;

  shutDown(): number {
    this.kill();
    return 0;
  }

  kill(): void {
    this.process.abort();
    this.die();
  }

  vanish(): void {
    this.process.vanish();
    this.die();
  }

  freeze(): void {
    this.process.freeze();
  }

  thaw(): void {
    this.process.thaw();
  }
}
