/**
 * What each request in service had been credited at one moment, calculations. One that starts later has nothing.
 */
export class Credits {
  readonly #calculations: Float64Array;
  #notedAt = 0;

  constructor(sessions: number) {
    this.#calculations = new Float64Array(sessions);
  }

  note(now: number, sessions: number, creditOf: (session: number) => number): void {
    this.#notedAt = now;
    for (let session = 0; session < sessions; session++) this.#calculations[session] = creditOf(session);
  }

  /** The session may have a later request by now: it counts only if it `started` before. */
  of(session: number, started: number): number {
    return started <= this.#notedAt ? this.#calculations[session]! : 0;
  }
}
