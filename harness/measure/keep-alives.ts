import type { KeepAliveRow } from '../result/rows.js';
import { summariseDelays } from '../stats/delays.js';
import type { Message } from './packet.js';
import type { KeepAlives } from './statistics.js';

/** In each direction, of answered and of unanswered ones each: bounds what an hour of many users takes in memory. */
export const keepAliveRowsMost = 250_000;

/**
 * Keep-alives and their answers: each association has at most one under way in a direction. A round trip is final with
 * the next one of its association, because a retransmission may still move when its answer was received. Of the last
 * one the first copy counts: what is sent again and followed by nothing mostly goes to a host that is gone.
 */
export class RoundTrips {
  readonly #underWay = new Map<string, Message>();
  readonly #latest = new Map<string, { asked: Message; answer: Message; firstAt: number }>();
  readonly #spans: number[] = [];
  readonly #rowsMost: number;
  readonly #answered: KeepAliveRow[] = [];
  readonly #unanswered: KeepAliveRow[] = [];
  #sent = 0;

  /** @param rowsMost how many are kept one by one; the others are counted */
  constructor(rowsMost = 0) {
    this.#rowsMost = rowsMost;
  }

  asked(message: Message): void {
    this.#sent += 1;
    if (message.association === null) return;
    this.#giveUp(message.association);
    this.#underWay.set(message.association, message);
  }

  answered(message: Message): void {
    const { association } = message;
    const asked = association === null ? undefined : this.#underWay.get(association);
    if (!asked || association === null) return;
    this.#underWay.delete(association);
    this.#settle(association, true);
    this.#latest.set(association, { asked, answer: message, firstAt: message.receivedAt });
  }

  /** Nothing more is to be expected on the association. */
  over(association: string): void {
    this.#giveUp(association);
    this.#settle(association, false);
  }

  result(): KeepAlives {
    this.#settleAll();
    return { sent: this.#sent, answered: this.#spans.length, roundTrip: summariseDelays(this.#spans) };
  }

  /** One by one, in no particular order; what is still under way has no answer. */
  rows(): KeepAliveRow[] {
    this.#settleAll();
    return [...this.#answered, ...this.#unanswered, ...[...this.#underWay.values()].map((asked) => rowOf(asked, null))];
  }

  /** How many were answered and are not among the rows. */
  get unlisted(): number {
    return this.#spans.length - this.#answered.length;
  }

  #settleAll(): void {
    for (const association of [...this.#latest.keys()]) this.#settle(association, false);
  }

  #settle(association: string, followed: boolean): void {
    const pair = this.#latest.get(association);
    if (!pair) return;
    const { asked, answer, firstAt } = pair;
    const answeredAt = followed ? answer.receivedAt : firstAt;
    this.#spans.push(answeredAt - asked.sentAt);
    if (this.#answered.length < this.#rowsMost) this.#answered.push(rowOf(asked, answeredAt));
    this.#latest.delete(association);
  }

  #giveUp(association: string): void {
    const asked = this.#underWay.get(association);
    if (!asked) return;
    if (this.#unanswered.length < this.#rowsMost) this.#unanswered.push(rowOf(asked, null));
    this.#underWay.delete(association);
  }
}

const rowOf = ({ from, to, sentAt }: Message, answeredAt: number | null): KeepAliveRow => ({
  from: from.host ?? from.address,
  to: to.host ?? to.address,
  sentAt: microseconds(sentAt),
  answeredAt: answeredAt === null ? null : microseconds(answeredAt),
});

/** There are many rows, and no clock here knows more. */
const microseconds = (time: number): number => Math.round(time * 1e6) / 1e6;
