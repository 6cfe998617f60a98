/**
 * The process of one fuzzer: `node main.js ORDER`. To the victims it is a peer: a registrar's client and fellow, an
 * element's user, a user's element. It takes part as far as is needed to be listened to, and then says anything.
 */
import { createSocket } from 'node:dgram';
import { codeOf } from '../../../base/errors.js';
import { type Random, randomFrom } from '../../../base/random.js';
import { type AsapMessage, asap, asapTypes, decode, encode, find, type Parameter } from '../asap.js';
import { type Attack, attackOf, keepAliveAnswer } from '../attack.js';
import { type Attacking, noCounts, runAttacker } from '../attacker-process.js';
import { calcApp, decodeCalcApp } from '../calcapp.js';
import { decodeEnrp, enrp } from '../enrp.js';
import { contains } from '../networks.js';
import type { Order } from '../order.js';
import { type Received, SctpSocket } from '../socket.js';
import { Grammar, type Known } from './grammar.js';
import { mutate } from './mutate.js';

/** Messages that a slow machine could not send in time are not sent in a burst later. */
const patienceSeconds = 0.1;
const askSeconds = 0.5;
const reconnectSeconds = 0.1;
/** Of what is real: older ones are forgotten. */
const mostKnown = 40;
const mostElements = 16;

type Protocol = 'asap' | 'enrp' | 'calcApp';
const payloadProtocols = {
  ...{ asap: asap.payloadProtocol, enrp: enrp.payloadProtocol, calcApp: calcApp.payloadProtocol },
};

interface Place {
  readonly addresses: readonly string[];
  readonly port: number;
}

class Fuzzer implements Attacking {
  readonly #random: Random;
  readonly #known: Known;
  readonly #grammar: Grammar;
  /** Learns of elements, and is one where users are to come. */
  readonly #registrar: Line;
  readonly #scout: Attack;
  readonly #lines: Line[] = [];
  readonly #service: Service | null;
  readonly #group: ReturnType<typeof createSocket>;
  #counts = { ...noCounts };
  #due = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly order: Order) {
    const { seed, pool, addresses, port, registrar, firstIdentifier, target } = order;
    this.#random = randomFrom(seed, 'fuzz', firstIdentifier);
    this.#known = { pool, identifiers: [], requests: [], addresses, own: firstIdentifier };
    this.#grammar = new Grammar(this.#random, this.#known);
    const place = { addresses: [registrar.address], port: registrar.port };
    this.#registrar = this.#line(place, 'asap');
    this.#scout = attackOf({ ...order, attack: target === 'users' ? 'registrationFlood' : 'falseFailureReports' });
    if (target === 'registrars') {
      this.#lines.push(this.#line(place, 'asap'), this.#line({ ...place, port: enrp.port }, 'enrp'));
    }
    this.#service = target === 'users' ? new Service(addresses, port, (it) => this.#heard(it)) : null;
    this.#group = createSocket('udp4');
    this.#group.on('error', () => {});
    this.#group.bind({ address: addresses[0]!, port: 0 }, () => this.#group.setMulticastInterface(addresses[0]!));
  }

  tick(now: number): void {
    for (const line of [this.#registrar, ...this.#lines]) line.keepUp(now);
    this.#learn(now);
    this.#strike(now);
  }

  report(now: number): object {
    const counts = this.#counts;
    this.#counts = { ...noCounts };
    return { at: now, ...counts };
  }

  close(): void {
    for (const line of [this.#registrar, ...this.#lines]) line.close();
    this.#service?.socket.close();
    this.#group.close();
  }

  #line(place: Place, protocol: Protocol): Line {
    return new Line(this.order.addresses, place, protocol, {
      heard: (message, line) => this.#heard(message, line),
      begun: () => this.#counts.associations++,
      lost: () => this.#counts.aborted++,
    });
  }

  /** Asks for the elements that there are, or registers its own. */
  #learn(now: number): void {
    if (now < this.#askedAt + askSeconds) return;
    this.#askedAt = now;
    const message = this.#scout.question() ?? (this.order.target === 'users' ? this.#scout.next() : null);
    if (message && this.#registrar.send(encode(message), asap.payloadProtocol)) this.#counts.questions += 1;
  }

  #strike(now: number): void {
    const { rate, beginAt, seconds } = this.order;
    const due = Math.floor(rate * Math.min(seconds, Math.max(0, now - beginAt)));
    const most = Math.max(1, Math.ceil(rate * patienceSeconds));
    if (due - this.#due > most) {
      this.#counts.unsent += due - this.#due - most;
      this.#due = due - most;
    }
    for (; this.#due < due; this.#due++) if (this.#say()) this.#counts.sent += 1;
  }

  /** @returns whether somebody was there to be told */
  #say(): boolean {
    const { target } = this.order;
    const toGroup = this.#random.below(20) === 0;
    const protocol = this.#protocol();
    const bytes = mutate(this.#message(protocol), this.#random);
    // Nine of ten under the protocol's own number.
    const number = this.#random.below(10) > 0 ? payloadProtocols[protocol] : this.#random.below(40);
    if (toGroup) {
      const { group, port } = target === 'registrars' ? enrp : asap;
      this.#group.send(bytes.subarray(0, 1400), port, group, () => {});
      return true;
    }
    if (this.#service) return this.#service.say(bytes, number, this.#random);
    const lines = this.#lines.filter((line) => line.speaks(protocol));
    return lines.length > 0 && lines[this.#random.below(lines.length)]!.send(bytes, number);
  }

  #protocol(): Protocol {
    if (this.order.target === 'registrars') return this.#random.below(2) === 0 ? 'asap' : 'enrp';
    return this.#random.below(2) === 0 ? 'asap' : 'calcApp';
  }

  #message(protocol: Protocol): Buffer {
    if (protocol === 'enrp') return this.#grammar.enrp();
    if (protocol === 'calcApp') return this.#grammar.calcApp();
    const cookie = { registrars: null, elements: asapTypes.cookieEcho, users: asapTypes.cookie }[this.order.target];
    return cookie !== null && this.#random.below(3) === 0 ? this.#grammar.cookie(cookie) : this.#grammar.asap();
  }

  /** What is said to it is where it learns what is real. */
  #heard({ protocol, bytes }: Received, line?: Line): void {
    try {
      if (protocol === asap.payloadProtocol) this.#heardAsap(decode(bytes), line);
      else if (protocol === enrp.payloadProtocol) remember(this.#known.identifiers, decodeEnrp(bytes).sender);
      else if (protocol === calcApp.payloadProtocol) remember(this.#known.requests, decodeCalcApp(bytes).job);
    } catch (error) {
      // An answer to a mutated message may be no better.
      if (codeOf(error) !== 'bad-input') throw error;
    }
  }

  #heardAsap(message: AsapMessage, line: Line | undefined): void {
    if (message.registrar !== null) remember(this.#known.identifiers, message.registrar);
    if (line !== this.#registrar) return;
    const answer = keepAliveAnswer(message);
    if (answer && line.send(encode(answer), asap.payloadProtocol)) this.#counts.keepAlives += 1;
    const heard = this.#scout.hear(message);
    if (heard !== 'other') this.#counts[heard] += 1;
    for (const parameter of message.parameters) this.#meet(parameter);
  }

  #meet(parameter: Parameter): void {
    if (parameter.kind !== 'poolElement') return;
    remember(this.#known.identifiers, parameter.identifier);
    const transport = find(parameter, 'sctpTransport');
    if (this.order.target !== 'elements' || !transport || this.#lines.length >= mostElements) return;
    const addresses = transport.parameters.flatMap((it) => (it.kind === 'ipv4Address' ? [it.address] : []));
    const near = addresses.filter((it) => this.order.networks.some((network) => contains(network, it)));
    const place = { addresses: near.slice(0, 1), port: transport.port };
    if (near.length > 0 && !this.#lines.some((line) => line.leadsTo(place)))
      this.#lines.push(this.#line(place, 'asap'));
  }
}

interface LineEvents {
  heard(message: Received, line: Line): void;
  begun(): void;
  lost(): void;
}

/** An association that the fuzzer sets up, and the next one after its end. */
class Line {
  #socket: SctpSocket | null = null;
  #association = 0;
  #isUp = false;
  #retryAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly local: readonly string[],
    private readonly place: Place,
    private readonly protocol: Protocol,
    private readonly events: LineEvents,
  ) {}

  /** An element is told both protocols on one association. */
  speaks = (protocol: Protocol): boolean => protocol === this.protocol || protocol === 'calcApp';

  leadsTo = ({ addresses, port }: Place): boolean =>
    port === this.place.port && addresses[0] === this.place.addresses[0];

  keepUp(now: number): void {
    if (this.#socket || now < this.#retryAt) return;
    this.#retryAt = now + reconnectSeconds;
    this.events.begun();
    this.#socket = new SctpSocket(
      { kind: 'oneToOne', local: this.local },
      {
        message: (message) => this.events.heard(message, this),
        changed: ({ kind }) => {
          if (kind === 'up') this.#isUp = true;
          if (kind === 'over' || kind === 'leaving') this.#lose();
        },
      },
    );
    this.#association = this.#socket.connect(this.place.addresses, this.place.port);
  }

  send(bytes: Buffer, protocol: number): boolean {
    return this.#isUp && this.#socket!.send(this.#association, bytes, protocol);
  }

  close(): void {
    this.#socket?.close();
  }

  #lose(): void {
    this.#socket?.close();
    this.#socket = null;
    this.#isUp = false;
    this.events.lost();
  }
}

/** Where users come to be served. */
class Service {
  readonly socket: SctpSocket;
  readonly #guests: number[] = [];

  constructor(addresses: readonly string[], port: number, heard: (message: Received) => void) {
    this.socket = new SctpSocket(
      { kind: 'oneToMany', local: addresses, port, listening: true },
      {
        message: heard,
        changed: ({ kind, association }) => {
          if (kind === 'up') this.#guests.push(association);
          const at = this.#guests.indexOf(association);
          if (kind === 'over' && at >= 0) this.#guests.splice(at, 1);
        },
      },
    );
  }

  say(bytes: Buffer, protocol: number, random: Random): boolean {
    const guest = this.#guests[random.below(this.#guests.length)];
    return guest !== undefined && this.socket.send(guest, bytes, protocol);
  }
}

function remember(known: number[], identifier: number): void {
  if (known.includes(identifier)) return;
  known.push(identifier);
  if (known.length > mostKnown) known.shift();
}

runAttacker((order) => new Fuzzer(order));
