import type { TimedVectorRow } from './requests.js';

/** What a user says it had completed: its vector, which has a row for each, written when it was. */
export class Served {
  readonly #byId: Map<number, TimedVectorRow>;
  readonly #inOrder: readonly TimedVectorRow[];
  #next = 0;

  constructor(rows: readonly TimedVectorRow[]) {
    this.#byId = new Map(rows.map((row) => [row.id, row]));
    this.#inOrder = [...rows].sort((a, b) => a.completedAt - b.completedAt);
  }

  get(id: number): TimedVectorRow | undefined {
    return this.#byId.get(id);
  }

  /** The request that it was working on at this time. Ask in order of time. */
  at(time: number | null): TimedVectorRow | undefined {
    if (time === null) return undefined;
    while (this.#next < this.#inOrder.length && this.#inOrder[this.#next]!.completedAt <= time) this.#next += 1;
    const row = this.#inOrder[this.#next];
    return row && row.startedAt - clockSeconds <= time ? row : undefined;
  }
}

/** Rounding, and what a delay that was subtracted from a time may be off. */
const clockSeconds = 1e-3;
