/**
 * The process of one attacker: `node attacker.js ORDER`. Prints a line of JSON every second, what it did and what came
 * of it, and ends by itself when its time is over; the last line is printed on SIGINT and SIGTERM, too.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { realClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { decode, encode } from './asap.js';
import { type Attack, attackOf, keepAliveAnswer } from './attack.js';
import { checkOrder, type Order, type Surroundings } from './order.js';
import { Association, listenInSilence } from './sctp.js';

const asapProtocol = 11;
const tickSeconds = 0.01;
/** Messages that a slow machine could not send in time are not sent in a burst later. */
const patienceSeconds = 0.1;
const reconnectSeconds = 0.1;
const questionSeconds = 0.5;
const mostReceivedPerTick = 2000;

/** What was done and came of it; `associations` were begun, `aborted` came to an end that was not ours. */
const zero = { sent: 0, accepted: 0, rejected: 0, questions: 0, keepAlives: 0, associations: 0, aborted: 0, unsent: 0 };

class Attacker {
  readonly #attack: Attack;
  readonly #lines: Line[];
  #counts = { ...zero };
  /** Messages that were due until now. */
  #due = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly order: Order) {
    this.#attack = attackOf(order);
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
    this.#counts = { ...zero };
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

function surroundings(): Surroundings {
  const namespace = (process: string) => {
    try {
      return readlinkSync(`/proc/${process}/ns/net`);
    } catch {
      return null;
    }
  };
  const machines = namespace('1');
  const devices = Object.entries(networkInterfaces()).filter(([name]) => name !== 'lo');
  const routes = readFileSync('/proc/self/net/route', 'utf8').trim().split('\n').slice(1);
  return {
    inMachinesNetwork: machines === null ? null : machines === namespace('self'),
    addresses: devices.flatMap(([, addresses]) =>
      (addresses ?? []).filter(({ scopeid }) => scopeid === undefined).map(({ address }) => address),
    ),
    gateways: routes
      .map((route) => route.split('\t'))
      .filter(([, target]) => target === '00000000')
      .map(([, , gateway]) => dotted(gateway!)),
  };
}

/** `0100020A` is 10.2.0.1: the kernel prints the address as a number of the machine's, low byte first. */
const dotted = (hex: string): string => [...Buffer.from(hex, 'hex')].reverse().join('.');

function main(): void {
  const order = checkOrder(JSON.parse(process.argv[2] ?? 'null'), surroundings());
  const { now } = realClock;
  const attacker = new Attacker(order);
  if (order.attack === 'registrationFlood') listenInSilence(order.addresses, order.port);
  const print = () => process.stdout.write(`${JSON.stringify(attacker.report(now()))}\n`);
  const end = () => {
    print();
    attacker.close();
    process.exit(0);
  };
  const over = order.beginAt + order.seconds;
  // Whoever started it may be killed, and nothing is to outlive a lab.
  const parent = process.ppid;
  let reportAt = order.beginAt + 1;
  const tick = () => {
    const time = now();
    if (time >= over || process.ppid !== parent) end();
    attacker.tick(time);
    if (time < reportAt) return;
    print();
    reportAt = Math.max(reportAt + 1, time);
  };
  const guarded = () => {
    try {
      tick();
    } catch (error) {
      fail(error);
    }
  };
  setInterval(guarded, tickSeconds * 1e3);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
}

function fail(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(2);
}

try {
  main();
} catch (error) {
  fail(error);
}
