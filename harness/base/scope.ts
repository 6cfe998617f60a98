import { messageOf } from './errors.js';

/**
 * What is opened within a scope is closed by it: last in, first out, everything runs, every failure is reported.
 * `close` is idempotent, so a signal handler and the normal end may both call it.
 */
export class Scope implements AsyncDisposable {
  #closers: { what: string; close: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  /** Registers how to undo what was just done; `what` names it in a failure report. */
  defer(what: string, close: () => unknown): void {
    this.#closers.push({ what, close });
  }

  /** @throws AggregateError listing every clean-up that failed, after all of them ran */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #closeAll(): Promise<void> {
    const failures: Error[] = [];
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      try {
        await closer.close();
      } catch (cause) {
        failures.push(new Error(`${closer.what}: ${messageOf(cause)}`, { cause }));
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `Clean-up failed: ${failures.map((each) => each.message).join('; ')}`);
    }
  }
}
