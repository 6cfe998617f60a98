/** The process of one registrar: `node main.js ORDER`. Sockets, clock and files around the state machine. */

import { appendFileSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { codeOf, messageOf } from '../../../base/errors.js';
import { randomFrom } from '../../../base/random.js';
import { asap } from '../asap.js';
import { enrp } from '../enrp.js';
import { runPeer } from '../peer/process.js';
import { type Received, SctpSocket } from '../socket.js';
import type { Channel, Endpoint } from './core.js';
import { type Groups, joinGroups } from './groups.js';
import { stamped } from './log.js';
import { type RegistrarOrder, registrarOrderSchema } from './order.js';
import { Registrar } from './registrar.js';
import { statisticsHead, statisticsInterval, statisticsLine } from './statistics.js';

class RegistrarProcess {
  readonly #registrar: Registrar;
  readonly #asap: Line;
  readonly #enrp: Line;
  readonly #groups: Groups | null;
  #alarm: NodeJS.Timeout | undefined;
  #alarmAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly order: RegistrarOrder,
    private readonly now: () => number,
  ) {
    const { addresses, identifier, role, peers, announces, seed, name, life } = order;
    this.#asap = new Line(addresses, asap.port, asap.payloadProtocol, {
      heard: ({ association, from, bytes }) => this.#do(() => this.#registrar.heardAsap(association, from, bytes)),
      over: (association) => this.#do(() => this.#registrar.overAsap(association)),
    });
    this.#enrp = new Line(addresses, enrp.port, enrp.payloadProtocol, {
      heard: ({ association, from, bytes }) => this.#do(() => this.#registrar.heardEnrp(association, from, bytes)),
      over: (association) => this.#do(() => this.#registrar.overEnrp(association)),
    });
    this.#groups = announces
      ? joinGroups(addresses, (bytes, from) => this.#do(() => this.#registrar.heardEnrp(null, from, bytes)))
      : null;
    const outside = {
      ...{ now, asap: this.#asap, enrp: this.#enrp, log: (text: string) => this.#log(text) },
      announce: (protocol: 'asap' | 'enrp', bytes: Buffer) => this.#groups?.announce(protocol, bytes),
      ready: () => this.#asap.open(),
    };
    const told = peers.map((each) => ({ addresses: each, port: enrp.port }));
    const options = { identifier, parameters: role, enrp: { addresses, port: enrp.port }, peers: told, announces };
    this.#registrar = new Registrar(options, outside, randomFrom(seed, 'registrar', name, life));
    this.#enrp.open();
    this.#do(() => this.#registrar.start());
    this.#writeStatistics();
  }

  async leave(): Promise<void> {
    this.#log('Leaving');
    clearTimeout(this.#alarm);
    this.#asap.close();
    this.#enrp.close();
    this.#groups?.close();
  }

  #do(task: () => void): void {
    try {
      task();
    } catch (error) {
      // What a peer says is no reason to end.
      if (codeOf(error) !== 'bad-input') throw error;
      this.#log(`Refused what is no message: ${messageOf(error)}`);
    }
    const { nextAt } = this.#registrar;
    if (nextAt === this.#alarmAt) return;
    this.#alarmAt = nextAt;
    clearTimeout(this.#alarm);
    const milliseconds = Math.max(0, Math.ceil((nextAt - this.now()) * 1e3));
    this.#alarm = setTimeout(() => {
      this.#alarmAt = Number.POSITIVE_INFINITY;
      this.#do(() => this.#registrar.tick());
    }, milliseconds);
  }

  #log(text: string): void {
    process.stdout.write(`${stamped(this.now(), text)}\n`);
  }

  #writeStatistics(): void {
    const { statistics } = this.order;
    const beganAt = this.now();
    let number = 0;
    const write = () => {
      number += 1;
      const line = statisticsLine(number, this.now(), this.now() - beganAt, this.#registrar.holdings);
      appendFileSync(statistics, line);
    };
    writeFileSync(statistics, statisticsHead);
    write();
    setInterval(write, statisticsInterval * 1e3);
  }
}

/** The associations of one protocol, on one socket, which is open from when it is wanted. */
class Line implements Channel {
  #socket: SctpSocket | null = null;

  constructor(
    private readonly addresses: readonly string[],
    private readonly port: number,
    private readonly protocol: number,
    private readonly owner: { heard(message: Received): void; over(association: number): void },
  ) {}

  open(): void {
    this.#socket ??= new SctpSocket(
      { kind: 'oneToMany', local: this.addresses, port: this.port, listening: true },
      {
        message: (message) => this.owner.heard(message),
        changed: ({ kind, association }) => {
          if (kind === 'over') this.owner.over(association);
        },
      },
    );
  }

  send(association: number, bytes: Buffer): boolean {
    return this.#socket?.send(association, bytes, this.protocol) ?? false;
  }

  connect(to: Endpoint): number | null {
    const { port } = to;
    // Its sockets know no others; who said so may have said nothing at all.
    const addresses = to.addresses.filter((it) => isIPv4(it));
    if (addresses.length === 0 || port === 0) return null;
    // The peer may have connected before, without a word.
    const known = this.#socket?.associationWith({ address: addresses[0]!, port });
    if (known !== undefined) return known;
    try {
      return this.#socket?.connect(addresses, port) ?? null;
    } catch (error) {
      // There may be no way there.
      if (codeOf(error) !== 'lab-broken') throw error;
      return null;
    }
  }

  abort(association: number): void {
    this.#socket?.end(association, 'abort');
  }

  close(): void {
    this.#socket?.close();
  }
}

runPeer('registrar', registrarOrderSchema, (order, { now }) => new RegistrarProcess(order, now));
