import type { CalcAppMessage } from './packet.js';
import type { DuplicateCompletion } from './statistics.js';

/** Follows which element tells which user that a request is complete. */
export class Completions {
  readonly #seen = new Map<string, CalcAppMessage[]>();

  /** @param message a Complete that is no retransmission */
  message(message: CalcAppMessage): void {
    // A user that starts again counts from 1 again; sizes, drawn from a continuum, tell its requests apart.
    const key = `${message.to.host ?? message.to.address}/${message.job}/${message.size}`;
    const earlier = this.#seen.get(key);
    if (earlier) earlier.push(message);
    else this.#seen.set(key, [message]);
  }

  get count(): number {
    return this.#seen.size;
  }

  duplicates(): DuplicateCompletion[] {
    return [...this.#seen.values()]
      .filter(({ length }) => length > 1)
      .map((messages) => ({
        user: messages[0]!.to.host ?? messages[0]!.to.address,
        request: messages[0]!.job,
        completions: messages.map(({ from, sentAt }) => ({ element: from.host ?? from.address, sentAt })),
      }));
  }
}
