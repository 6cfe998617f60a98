import type { Clock } from '../base/clock.js';
import { type CpuLoad, cpuMeter } from './cpu.js';

export interface LoadSample<What extends string> extends CpuLoad {
  /** What the lab was doing. */
  readonly what: What;
}

/** Looks once a second at how busy a lab is, and files that under what the lab is doing. */
export class LoadWatch<What extends string> {
  readonly samples: LoadSample<What>[] = [];
  #meter: ReturnType<typeof cpuMeter> | undefined;
  #what: What | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly clock: Clock) {}

  /** @param kernel process of a lab kernel; null for a lab on the machine's own kernel */
  begin(kernel: number | null): void {
    this.#meter = cpuMeter(kernel);
    this.#meter(this.clock.now());
    this.#timer = setInterval(() => this.#look(), 1000).unref();
  }

  /** @param what is done from now on; null is nothing that counts */
  enter(what: What | null): void {
    this.#look();
    this.#what = what;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const sample = this.#meter?.(this.clock.now());
    // Counters have ticks of 10 ms: a moment between two steps says nothing of either.
    if (sample && this.#what !== null && sample.seconds >= 0.2) this.samples.push({ ...sample, what: this.#what });
  }
}
