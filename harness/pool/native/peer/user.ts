/**
 * The process of one pool user: `node user.js ORDER`. It serves its queue of requests one after the other: asks a
 * registrar for an element, has it work, watches it, and turns to another when it fails, with the last state cookie.
 */
import { randomFrom } from '../../../base/random.js';
import { draw } from '../../../experiment/distribution.js';
import { type AsapMessage, asapTypes, find, type Parameter } from '../asap.js';
import { contains } from '../networks.js';
import { Attempt } from './attempt.js';
import type { GivenUpBecause } from './journal.js';
import { RegistrarLink, registrarSeconds } from './link.js';
import { type UserOrder, userOrderSchema } from './order.js';
import { type Peer, type PeerContext, runPeer } from './process.js';

/** Seconds that a user waits before it asks an empty pool again, as RSPLIB does, and at most after a rejection. */
const retry = { emptyPool: 0.25, reject: 0.2 };

interface Request {
  readonly request: number;
  readonly size: number;
  readonly queuedAt: number;
  startedAt: number;
  acceptedAt: number;
  /** The last state cookie, as hexadecimal digits. */
  cookie: string | null;
}

class User implements Peer {
  readonly #link: RegistrarLink;
  readonly #sizes;
  readonly #intervals;
  readonly #retries;
  readonly #queue: Request[] = [];
  #generated = 0;
  #nextAt: number;
  #current: Request | null = null;
  #attempt: Attempt | null = null;
  /** Waiting for an answer, or for the association with a registrar that the question needs. */
  #asking = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly order: UserOrder,
    private readonly context: PeerContext,
  ) {
    const { seed, name, life, addresses, registrars, runSeconds } = order;
    const random = randomFrom(seed, 'requests', name, life);
    this.#sizes = random.fork('sizes');
    this.#intervals = random.fork('intervals');
    this.#retries = random.fork('retries');
    this.#nextAt = context.now();
    this.#link = new RegistrarLink(
      addresses,
      registrars,
      {
        up: () => this.#asking && this.#ask(),
        down: () => clearTimeout(this.#patience),
        heard: (message) => this.#heard(message),
      },
      context,
    );
    setTimeout(() => process.exit(0), runSeconds * 1e3);
    this.#generate();
  }

  async leave(): Promise<void> {
    this.#attempt?.leave();
    this.#link.close();
  }

  /** Requests come by the clock, whatever becomes of those before. */
  #generate(): void {
    const now = this.context.now();
    while (this.#nextAt <= now) {
      if (this.#generated > 0) this.#queueOne(this.#nextAt);
      this.#generated += 1;
      this.#nextAt += draw(this.order.role.requestInterval, this.#intervals);
    }
    setTimeout(() => this.#generate(), Math.min(2 ** 31 - 1, Math.ceil((this.#nextAt - now) * 1e3)));
    this.#begin();
  }

  #queueOne(queuedAt: number): void {
    const size = Math.max(1, Math.round(draw(this.order.role.requestSize, this.#sizes)));
    this.#queue.push({ request: this.#generated, size, queuedAt, startedAt: 0, acceptedAt: 0, cookie: null });
  }

  #begin(): void {
    if (this.#current || this.#queue.length === 0) return;
    this.#current = this.#queue.shift()!;
    this.#current.startedAt = this.context.now();
    const { request, size } = this.#current;
    this.context.tell({ event: 'asked', request, size });
    this.#resolve();
  }

  #resolve(): void {
    this.#asking = true;
    if (this.#link.isUp) this.#ask();
  }

  #ask(): void {
    const parameters: Parameter[] = [
      { kind: 'poolHandle', handle: this.order.role.pool },
      { kind: 'items', items: 1 },
    ];
    this.#link.send({ type: asapTypes.handleResolution, flags: 0, registrar: null, parameters });
    this.#patience = setTimeout(() => this.#link.next(), registrarSeconds * 1e3);
  }

  #heard(message: AsapMessage): void {
    if (message.type !== asapTypes.handleResolutionResponse || !this.#asking) return;
    this.#asking = false;
    clearTimeout(this.#patience);
    const element = find(message, 'poolElement');
    const transport = element && find(element, 'sctpTransport');
    if (element && transport) this.#try(element.identifier, transport.port, addressesIn(transport.parameters));
    else setTimeout(() => this.#resolve(), retry.emptyPool * 1e3);
  }

  #try(identifier: number, port: number, addresses: readonly string[]): void {
    const current = this.#current!;
    const { role, networks, addresses: local } = this.order;
    // Nobody gets to a network without a leg in it.
    const near = addresses.filter((address) => networks.some((network) => contains(network, address)));
    if (near.length === 0) {
      // Whoever said so is not there, or lies.
      this.#giveUp('noAssociation', identifier);
      return;
    }
    this.#attempt = new Attempt(
      { ...current, role, local, remote: near, port },
      {
        tell: this.context.tell,
        accepted: () => {
          current.acceptedAt = this.context.now();
          this.context.tell({ event: 'accepted', request: current.request });
        },
        cookie: (cookie) => {
          current.cookie = cookie;
        },
        rejected: () => void setTimeout(() => this.#resolve(), this.#retries.uniform() * retry.reject * 1e3),
        failed: (because, unreachable) => this.#giveUp(because, unreachable ? identifier : null),
        completed: () => this.#complete(),
      },
    );
  }

  #giveUp(because: GivenUpBecause, unreachable: number | null): void {
    this.context.tell({ event: 'givenUp', request: this.#current!.request, because });
    if (unreachable !== null) this.#report(unreachable);
    this.#resolve();
  }

  /** RFC 5352, section 3.5. */
  #report(identifier: number): void {
    const parameters: Parameter[] = [
      { kind: 'poolHandle', handle: this.order.role.pool },
      { kind: 'elementIdentifier', identifier },
    ];
    this.#link.send({ type: asapTypes.endpointUnreachable, flags: 0, registrar: null, parameters });
  }

  #complete(): void {
    const { request, size, queuedAt, startedAt, acceptedAt } = this.#current!;
    const completedAt = this.context.now();
    this.context.tell({ event: 'completed', request, size, queuedAt, startedAt, acceptedAt, completedAt });
    this.#current = null;
    this.#attempt = null;
    this.#begin();
  }
}

const addressesIn = (parameters: readonly Parameter[]): string[] =>
  parameters.flatMap((it) => (it.kind === 'ipv4Address' ? [it.address] : []));

runPeer('pool user', userOrderSchema, (order, context) => new User(order, context));
