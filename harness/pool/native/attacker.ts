/** The process of one attacker: `node attacker.js ORDER`. */
import { decode, encode } from './asap.js';
import { type Attack, attackOf, keepAliveAnswer } from './attack.js';
import { noCounts, runAttacker } from './attacker-process.js';
import type { Order } from './order.js';
import { Association, listenInSilence } from './sctp.js';

const asapProtocol = 11;
/** Messages that a slow machine could not send in time are not sent in a burst later. */
const patienceSeconds = 0.1;
const reconnectSeconds = 0.1;
const questionSeconds = 0.5;
const mostReceivedPerTick = 2000;

class Attacker {
  readonly #attack: Attack;
  readonly #lines: Line[];
  #counts = { ...noCounts };
  /** Messages that were due until now. */
  #due = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @throws Error for an attack that another program carries out */
  constructor(private readonly order: Order) {
    const { attack } = order;
    if (attack === 'malformedMessages') throw new Error('a fuzzer sends malformed messages');
    this.#attack = attackOf({ ...order, attack });
    this.#lines = Array.from({ length: order.associations }, () => new Line(order));
  }

  tick(now: number): void {
    for (const line of this.#lines) {
      this.#associate(line, now);
      this.#hear(line.association!);
    }
    this.#ask(this.#lines[0]!.association!, now);
    this.#strike(now);
  }

  /** What happened since the last report. */
  report(now: number): object {
    const counts = this.#counts;
    this.#counts = { ...noCounts };
    return { at: now, ...counts };
  }

  close(): void {
    for (const { association } of this.#lines) association?.close();
  }

  #associate(line: Line, now: number): void {
    if (line.isUsable(now)) return;
    if (line.association) this.#counts.aborted += 1;
    line.connect(now);
    this.#counts.associations += 1;
    if (line === this.#lines[0]) this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  #hear(association: Association): void {
    for (let count = 0; count < mostReceivedPerTick; count += 1) {
      const bytes = association.receive();
      if (!bytes) return;
      const message = decode(bytes);
      const answer = keepAliveAnswer(message);
      if (answer && association.send(encode(answer))) this.#counts.keepAlives += 1;
      const heard = this.#attack.hear(message);
      if (heard !== 'other') this.#counts[heard] += 1;
    }
  }

  #ask(association: Association, now: number): void {
    const question = now < this.#askedAt + questionSeconds ? null : this.#attack.question();
    if (!question || !association.send(encode(question))) return;
    this.#counts.questions += 1;
    this.#askedAt = now;
  }

  #strike(now: number): void {
    const { rate, beginAt, seconds } = this.order;
    const due = Math.floor(rate * Math.min(seconds, Math.max(0, now - beginAt)));
    const most = Math.max(1, Math.ceil(rate * patienceSeconds));
    if (due - this.#due > most) {
      this.#counts.unsent += due - this.#due - most;
      this.#due = due - most;
    }
    while (this.#due < due) {
      const message = this.#attack.next();
      if (!message || !this.#send(encode(message))) return;
      this.#due += 1;
      this.#counts.sent += 1;
    }
  }

  /** By one association after the other; one that cannot is passed over. */
  #send(bytes: Buffer): boolean {
    const lines = this.#lines;
    const turn = this.#due % lines.length;
    return [...lines.slice(turn), ...lines.slice(0, turn)].some(({ association }) => association!.send(bytes));
  }
}

/** An association with the registrar, and the next one after its end. */
class Line {
  association: Association | null = null;
  #connectedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly order: Order) {}

  /** One that is over still is, until it is time for the next. */
  isUsable(now: number): boolean {
    if (!this.association) return false;
    return this.association.state !== 'over' || now < this.#connectedAt + reconnectSeconds;
  }

  connect(now: number): void {
    const { addresses, registrar } = this.order;
    this.association = Association.connect(addresses, registrar, asapProtocol);
    this.#connectedAt = now;
  }
}

runAttacker((order) => {
  if (order.attack === 'registrationFlood') listenInSilence(order.addresses, order.port);
  return new Attacker(order);
});
