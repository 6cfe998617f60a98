import type { Policy } from '../../experiment/policy.js';
import type { Attacker as AttackerRole } from '../../experiment/role.js';
import type { Association, Side } from './association.js';
import { connect } from './connect.js';
import type { Entry } from './handlespace.js';
import type { Node } from './network.js';
import { Process } from './process.js';
import type { Registrar } from './registrar.js';
import type { Deployed } from './run.js';

/** Seconds: how often it asks whom to tell on, and until it sets up a lost association again. */
const questionSeconds = 0.5;
const reconnectSeconds = 0.1;
/** What it says of its elements' life. */
const registrationLife = 300;
const opener: Side = 0;
const acceptor: Side = 1;

/** A pool user or element that lies, as the laboratory has them: bounded in rate and time. */
export class Attacker {
  readonly process: Process;
  readonly #lines: (Association | null)[];
  readonly #fakes: { readonly process: Process; entry: Entry | null }[];
  /** Elements that it was ever offered. */
  readonly #victims: Process[] = [];
  #turn = 0;

  /** @param window when it may attack, seconds since the run began; and how long after that it strikes first */
  constructor(
    readonly deployed: Deployed,
    node: Node,
    readonly role: AttackerRole,
    readonly policy: Policy,
    window: { readonly from: number; readonly until: number; readonly after: number },
  ) {
    // Whoever is sent to one of its elements is let in, and never answered.
    this.process = new Process(node, deployed.queue, () => {});
    node.process = this.process;
    this.#lines = Array<null>(role.associations).fill(null);
    const fake = () => ({ process: new Process(node, deployed.queue, () => {}), entry: null });
    this.#fakes = Array.from({ length: role.fakeElements }, fake);
    for (const line of this.#lines.keys()) this.#connect(line);
    const from = window.from + role.start + window.after;
    const until = Math.min(window.until, role.lasting === null ? Number.POSITIVE_INFINITY : from + role.lasting);
    if (role.attack === 'falseFailureReports') this.#ask(until);
    this.#at(from, () => this.#strike(0, from, until));
  }

  /** It attacks one and the same. */
  get #registrar(): Registrar {
    return this.deployed.registrars[0]!;
  }

  #at(time: number, action: () => void): void {
    this.process.after(Math.max(0, time - this.deployed.queue.now), action);
  }

  #connect(line: number): void {
    const { network } = this.deployed;
    const registrar = this.#registrar;
    const again = () => {
      this.#lines[line] = null;
      this.process.after(reconnectSeconds, () => this.#connect(line));
    };
    connect(network, this.process, registrar.peer, {
      up: (association) => {
        this.#lines[line] = association;
        association.onLost(opener, again);
      },
      refused: again,
    });
  }

  /** By one association after the other. */
  #send(deliver: (association: Association) => void): void {
    const line = this.#lines[this.#turn % this.#lines.length];
    if (line) line.send(opener, () => deliver(line));
  }

  #strike(sent: number, from: number, until: number): void {
    if (this.deployed.queue.now > until) return;
    this.#say();
    this.#turn++;
    this.#at(from + (sent + 1) / this.role.rate, () => this.#strike(sent + 1, from, until));
  }

  #say(): void {
    const registrar = this.#registrar;
    const { attack, pool, fakeElements, target, rate } = this.role;
    switch (attack) {
      case 'handleResolutionFlood':
        this.#send((association) => registrar.select(pool, association));
        break;
      case 'falseFailureReports': {
        const victim = this.#victims[this.#turn % Math.max(1, this.#victims.length)];
        if (victim) this.#send((association) => registrar.report(pool, victim, association));
        break;
      }
      case 'registrationFlood': {
        const number = this.#turn % fakeElements;
        this.#send((association) => this.#register(number, association));
        break;
      }
      case 'malformedMessages':
        // Whoever gets one throws it away (RFC 5352, section 2.1). Users get theirs from an element of the attacker's.
        if (target === 'users' && this.#turn % Math.ceil(rate) === 0)
          this.#send((association) => this.#register(0, association));
    }
  }

  #register(number: number, association: Association): void {
    const registrar = this.#registrar;
    const fake = this.#fakes[number]!;
    const { process } = fake;
    const { address } = process.node;
    const registration = {
      pool: this.role.pool,
      policy: this.policy,
      life: registrationLife,
      load: 0,
      process,
      address,
      adopted: () => {},
    };
    const entry = registrar.register(fake.entry, registration, association);
    association.send(acceptor, () => {
      fake.entry = entry;
    });
  }

  /** Learns whom to tell on: elements that are offered no more may come back. */
  #ask(until: number): void {
    const { queue } = this.deployed;
    const registrar = this.#registrar;
    if (queue.now > until) return;
    const line = this.#lines[0];
    line?.send(opener, () => {
      const offered = registrar.offered(this.role.pool);
      line.send(acceptor, () => {
        for (const process of offered) if (!this.#victims.includes(process)) this.#victims.push(process);
      });
    });
    this.process.after(questionSeconds, () => this.#ask(until));
  }
}
