import { SlotHeap } from '../../../protocol/heap.js';

/** What is to be done later, of a state machine that has no clock of its own. Times are in seconds. */
export class Timers {
  readonly #heap = new SlotHeap(16);
  readonly #tasks: (() => void)[] = [];
  readonly #free: number[] = [];
  #sequence = 0;

  /** Infinity when nothing is to be done. */
  get nextAt(): number {
    return this.#heap.firstKey;
  }

  /** @returns what takes it back; nothing happens when it has been done already */
  at(time: number, task: () => void): () => void {
    const slot = this.#free.pop() ?? this.#tasks.length;
    const sequence = this.#sequence++;
    this.#tasks[slot] = task;
    this.#heap.reserve(slot + 1);
    this.#heap.set(slot, time, sequence);
    return () => {
      if (this.#heap.has(slot) && this.#heap.rankOf(slot) === sequence) this.#forget(slot);
    };
  }

  /** Does all that is due by now, in order. */
  run(now: number): void {
    while (this.#heap.firstKey <= now) {
      const slot = this.#heap.first;
      const task = this.#tasks[slot]!;
      this.#forget(slot);
      task();
    }
  }

  #forget(slot: number): void {
    this.#heap.remove(slot);
    this.#tasks[slot] = () => {};
    this.#free.push(slot);
  }
}
