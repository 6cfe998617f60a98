import { faultMeanwhile } from '../result/outage.js';
import type { ResolutionRow } from '../result/registrars.js';
import type { FaultRecord } from './faults.js';
import type { AsapMessage } from './packet.js';

interface Open {
  readonly user: string;
  readonly asked: string;
  readonly askedAt: number;
  tries: number;
  answer: AsapMessage | null;
}

/** Follows each user's handle resolutions: a user never has two under way, and asks again until it is answered. */
export class Resolutions {
  readonly #all: Open[] = [];
  readonly #pending = new Map<string, Open>();

  constructor(private readonly users: ReadonlySet<string>) {}

  message(message: AsapMessage): void {
    const { type, from, to, sentAt } = message;
    if (type === 'handleResolution' && from.host !== null && to.host !== null && this.users.has(from.host)) {
      const pending = this.#pending.get(from.host);
      if (pending) pending.tries += 1;
      else this.#begin({ user: from.host, asked: to.host, askedAt: sentAt, tries: 1, answer: null });
    }
    if (type === 'handleResolutionResponse' && to.host !== null) {
      const pending = this.#pending.get(to.host);
      if (!pending) return;
      pending.answer = message;
      this.#pending.delete(to.host);
    }
  }

  /** @param faults those on registrars */
  rows(faults: readonly FaultRecord[]): ResolutionRow[] {
    return this.#all.map(({ user, asked, askedAt, tries, answer }) => {
      // A retransmission may have brought it, so it is asked only now.
      const answeredAt = answer?.receivedAt ?? null;
      return {
        user,
        asked,
        askedAt,
        tries,
        answeredBy: answer?.from.host ?? null,
        answeredAt,
        delay: answeredAt === null ? null : answeredAt - askedAt,
        faultId: faultMeanwhile({ askedAt, answeredAt }, faults),
      };
    });
  }

  #begin(resolution: Open): void {
    this.#all.push(resolution);
    this.#pending.set(resolution.user, resolution);
  }
}
