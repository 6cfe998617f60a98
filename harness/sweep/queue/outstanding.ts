/** Which runs are with which chunk, how often each came to nothing, and where. */
import type { Executor, RunOutcome, Task } from '../executor.js';
import type { Cut } from './cutter.js';
import type { News, Result } from './parcel.js';
import { keyOf } from './performer.js';

/** Times that a run may come to nothing, with others if there are any, before it is given up. */
const triesMost = 3;

interface Chunk {
  readonly tasks: Map<string, Task>;
  /** What a run is thought to take, seconds. */
  readonly guessedEach: number;
}

interface Trouble {
  readonly workers: string[];
  tries: number;
}

/** Of a state of the queue: where a chunk's work is still expected to come from it. */
const isUnderWay = (state: string): boolean => state !== 'unknown' && state !== 'failed' && state !== 'completed';

export class Outstanding {
  readonly #chunks = new Map<string, Chunk>();
  readonly #settled = new Set<string>();
  readonly #troubles = new Map<string, Trouble>();

  /** @param again a run has to be handed out once more */
  constructor(
    private readonly give: Parameters<Executor['perform']>[1],
    private readonly again: (task: Task) => void,
  ) {}

  get size(): number {
    return this.#chunks.size;
  }

  chunks(): string[] {
    return [...this.#chunks.keys()];
  }

  add(chunk: string, { tasks, guessedSeconds }: Cut): void {
    const entries = tasks.map((task) => [taskKey(task), task] as const);
    this.#chunks.set(chunk, { tasks: new Map(entries), guessedEach: guessedSeconds / tasks.length });
  }

  /** @returns what the runs were thought to take that these news are of, seconds */
  hear({ chunk: name, worker, results, isEnded }: News): number {
    const chunk = this.#chunks.get(name);
    for (const result of results) this.#take(chunk, worker, result);
    if (isEnded) this.#end(name);
    return results.length * (chunk?.guessedEach ?? 0);
  }

  /** What came of chunks of which nothing more was said. */
  settle(states: readonly { chunk: string; state: string; reason: string }[]): void {
    for (const { chunk: name, state, reason } of states) {
      const chunk = this.#chunks.get(name);
      if (!chunk || isUnderWay(state)) continue;
      // Several workers have vanished with it, one after the other: which run it is shows when each goes alone.
      if (state === 'failed') for (const task of chunk.tasks.values()) this.#worry(task, reason, chunk.tasks.size > 1);
      this.#end(name);
    }
  }

  /** The next run if it has to go alone. */
  takeAlone(waiting: Task[]): Task | undefined {
    const next = waiting.at(-1);
    return next && this.#troubles.has(taskKey(next)) ? waiting.pop() : undefined;
  }

  avoidedBy(task: Task): readonly string[] {
    return this.#troubles.get(taskKey(task))?.workers ?? [];
  }

  /** Whatever has no result is to be done again. */
  #end(name: string): void {
    const chunk = this.#chunks.get(name);
    this.#chunks.delete(name);
    for (const [key, task] of chunk?.tasks ?? []) if (!this.#settled.has(key)) this.again(task);
  }

  #take(chunk: Chunk | undefined, worker: string, { point, replication, outcome }: Result): void {
    const key = keyOf({ point, replication });
    const task = chunk?.tasks.get(key);
    // Somebody was thought to be gone, and is not: the first result counts.
    if (!task || this.#settled.has(key)) return;
    if ('values' in outcome) this.#settle(key, task, outcome);
    else if (outcome.isFinal) this.#settle(key, task, { reason: outcome.reason });
    else this.#worry(task, outcome.reason, false, worker);
  }

  #worry(task: Task, reason: string, isGroup: boolean, worker?: string): void {
    const key = taskKey(task);
    if (this.#settled.has(key)) return;
    const trouble = this.#troubles.get(key) ?? { workers: [], tries: 0 };
    this.#troubles.set(key, trouble);
    if (worker && !trouble.workers.includes(worker)) trouble.workers.push(worker);
    if (isGroup) return;
    if (++trouble.tries < triesMost) return;
    const where = trouble.workers.length > 1 ? ` on ${trouble.workers.length} workers` : '';
    this.#settle(key, task, { reason: `${reason} (tried ${trouble.tries} times${where})` });
  }

  #settle(key: string, task: Task, outcome: RunOutcome): void {
    this.#settled.add(key);
    this.give(task, outcome);
  }
}

const taskKey = ({ point, replication }: Task): string => keyOf({ point: point.index, replication });
