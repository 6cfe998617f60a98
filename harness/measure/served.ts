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

  /**
   * Whether a completion that came then is the one that the user took. It took none before the accept that it counts,
   * the last one: it had given up the element that sent it, though it may not have said so yet.
   */
  hears(id: number, at: number): boolean {
    const row = this.#byId.get(id);
    return row !== undefined && row.acceptedAt <= at + clockSeconds;
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
