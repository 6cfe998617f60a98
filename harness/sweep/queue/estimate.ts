/** How long runs take: guessed from their plans, then held against what they took. */
import type { Plan } from '../../experiment/plan.js';
import type { Subject } from '../../run/subject.js';
import { sizeOf } from '../../sim/size.js';

/** Of a slow machine; what is not an event takes the same in every run. */
const eventsPerSecond = { deployment: 3e5, rspsim: 2e6 };
const secondsBeside = 5e-4;

/** Seconds that a machine needs beside the plan's own, for a lab in real time or in virtual. */
const labSecondsBeside = 20;

/** Seconds that a simulation may take longer than is thought, and how many times. */
const patience = { seconds: 60, times: 20 };
/** What labs themselves give up after is less. */
const labPatience = { seconds: 900, times: 10 };

export class Estimate {
  #guessed = 0;
  #took = 0;

  constructor(private readonly clock: Subject['clock']) {}

  /** Of a run, seconds. */
  of(plan: Plan): number {
    return this.seconds(this.guess(plan));
  }

  /** What is learned to be meant by a guess, seconds. */
  seconds(guessed: number): number {
    return guessed * (this.#guessed === 0 ? 1 : this.#took / this.#guessed);
  }

  /** What runs took that were guessed so. */
  learn(guessed: number, took: number): void {
    // What was long ago counts less: other points, other machines.
    this.#guessed = this.#guessed / 2 + guessed;
    this.#took = this.#took / 2 + took;
  }

  /** A run that takes longer, seconds, hangs. */
  most(plan: Plan): number {
    const { seconds, times } = this.clock === 'simulated' ? patience : labPatience;
    return seconds + times * this.guess(plan);
  }

  /** Without what was learned. */
  guess(plan: Plan): number {
    if (this.clock === 'simulated') return secondsBeside + sizeOf(plan).events / eventsPerSecond[plan.model];
    const { settle, warmUp, measure, drain } = plan.phases;
    return labSecondsBeside + settle + warmUp + measure + drain;
  }
}
