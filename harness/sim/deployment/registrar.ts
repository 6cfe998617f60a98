import type { Registrar as RegistrarRole } from '../../experiment/role.js';
import type { Association, Side } from './association.js';
import { connect } from './connect.js';
import { type Entry, Handlespace, type Registration } from './handlespace.js';
import type { Node } from './network.js';
import { Peers } from './peers.js';
import { idle, Process } from './process.js';
import { Program } from './program.js';
import type { Deployed } from './run.js';

/** The registrar opens an association itself only to elements that it has taken over. */
const acceptor: Side = 1;
const opener: Side = 0;

/** A registrar: one process after the other, each with a handlespace and, where there are others, peers of its own. */
export class Registrar extends Program {
  /** Where it is reached; its addresses never change. */
  readonly peer: { readonly node: Node; readonly address: number };
  handlespace!: Handlespace;
  peers: Peers | null = null;
  /** When an association last reported an element, or asked about a pool. */
  #lastHeard = new WeakMap<Association, Map<Process | string, number>>();

  /** @param number its place among the registrars, which decides who of two takes over a third */
  constructor(
    readonly deployed: Deployed,
    readonly node: Node,
    readonly role: RegistrarRole,
    readonly number: number,
    readonly onReady: () => void,
  ) {
    super();
    this.peer = { node, address: node.address };
    this.#begin();
  }

  /** All registrars are there from the beginning, and know each other. */
  meet(): void {
    this.node.process = this.process;
    if (this.deployed.registrars.length > 1) this.peers = new Peers(this);
    this.peers?.meet();
    this.onReady();
  }

  /** The same again after its death: it knows nothing, and looks for somebody who tells it. */
  start(): void {
    this.#begin();
    const { process } = this;
    const ready = () => {
      this.node.process = process;
      this.peers?.announce();
      this.onReady();
    };
    if (this.deployed.registrars.length > 1) this.peers = new Peers(this);
    if (this.peers) this.peers.learn(ready);
    else process.after(this.role.mentorDiscoveryTimeout, ready);
  }

  /** Whether elements have it as their home. */
  get isBusy(): boolean {
    return this.handlespace.of(this.process).length > 0;
  }

  /**
   * A registration arrives, the first or another one.
   * @returns the entry, the one before if it still stands; null when the pool has another policy
   */
  register(known: Entry | null, registration: Registration, association: Association): Entry | null {
    const { counters, record } = this.deployed;
    const { pool, process } = registration;
    if (!this.handlespace.accepts(registration)) return null;
    const distance = this.distanceTo(registration, this.process);
    counters.registrations++;
    record?.homed(process.node.name, this.node.name, this.process.queue.now);
    record?.selection.registered(process, registration.address, this.process.queue.now);
    const stands = known?.registered && known.holder === this.handlespace;
    // What it knows by others may be that element, which has found another home.
    const entry = stands ? known : this.peers ? this.handlespace.find(pool, process) : undefined;
    this.peers?.tell(registration);
    if (entry && entry.home === this.process) {
      this.handlespace.update(entry, registration, distance);
      this.#expire(entry, registration.life);
      return entry;
    }
    if (entry) this.handlespace.update(entry, registration, distance);
    const own = entry ?? this.handlespace.add(registration, this.process, distance);
    own.home = this.process;
    this.#lookAfter(own, association, acceptor);
    this.#expire(own, registration.life);
    this.tellHolding();
    return own;
  }

  /** Milliseconds to an element, by way of its home; it matters only where distances are penalised. */
  distanceTo({ policy, process }: Registration, home: Process): number {
    if (!('distancePenaltyFactor' in policy) || policy.distancePenaltyFactor === 0) return 0;
    const { network } = this.deployed;
    const toHome = home === this.process ? 0 : network.distance(this.node, home.node);
    return toHome + network.distance(home.node, process.node);
  }

  /** An element says goodbye. */
  deregister(entry: Entry): void {
    if (entry.holder === this.handlespace) this.#removeOwn(entry);
  }

  /** Somebody says that it could not reach an element; its home counts. */
  report(pool: string, element: Process, association: Association): void {
    if (!this.#permits(element, association, this.role.maxEndpointUnreachableRate)) return;
    const entry = this.handlespace.find(pool, element);
    if (entry && ++entry.badReports >= (this.role.maxBadPeReports ?? Number.POSITIVE_INFINITY)) this.#removeOwn(entry);
  }

  /** Elements that are registered in the pool. */
  offered(pool: string): Process[] {
    return this.handlespace.in(pool).map(({ process }) => process);
  }

  /** Chooses an entry of the pool; undefined when it is empty, or the association asks too often. */
  select(pool: string, association: Association): Entry | undefined {
    if (!this.#permits(pool, association, this.role.maxHandleResolutionRate)) return undefined;
    return this.handlespace.select(pool);
  }

  /** All entries of the pool, whose turn it is first. */
  list(pool: string, association: Association): Entry[] {
    const first = this.select(pool, association);
    return first ? [first, ...this.handlespace.in(pool).filter((entry) => entry !== first)] : [];
  }

  /** It has become the home of an element that another registrar looked after: it asks it at once. */
  adopt(entry: Entry): void {
    const { network } = this.deployed;
    const { process } = this;
    entry.home = process;
    entry.association = null;
    this.#expire(entry, entry.registration.life);
    const gone = () => this.#removeSilent(entry);
    const attempt = connect(network, process, entry, {
      up: (association) => {
        if (entry.registered && entry.home === process && entry.association === null) {
          entry.monitoring.stop();
          this.#lookAfter(entry, association, opener);
          this.#ask(entry, association, opener, () => entry.registration.adopted(this, association));
        } else association.close(opener);
      },
      refused: gone,
    });
    const patience = process.after(this.role.endpointKeepAliveTimeout, gone);
    entry.monitoring = {
      stop: () => {
        patience.stop();
        attempt.stop();
      },
    };
  }

  /** It is no longer the element's home. */
  disown(entry: Entry): void {
    entry.monitoring.stop();
    entry.expiry.stop();
    entry.monitoring = idle;
    entry.association = null;
  }

  /** Notes how many elements it knows and looks after. */
  tellHolding(): void {
    const { record, queue } = this.deployed;
    if (!record) return;
    const { handlespace, peers, process } = this;
    const held = { peers: peers?.count ?? 0, elements: handlespace.all().length };
    record.holds(this.node.name, queue.now, { ...held, ownElements: handlespace.of(process).length });
  }

  #begin(): void {
    const { plan, random, network } = this.deployed;
    this.process = new Process(this.node, network.queue, () => {});
    this.handlespace = new Handlespace(plan, this.number === 0 ? random : random.fork('registrar', this.number));
    this.peers = null;
    this.#lastHeard = new WeakMap();
  }

  /** Peers are not told; those whose associations its kernel ends notice. */
  protected die(): void {
    this.process.alive = false;
    this.deployed.record?.holds(this.node.name, this.deployed.queue.now, null);
  }

  /**
   * A limit holds for each association and each element or pool by itself: a message that follows the one before it,
   * refused or not, sooner than the limit allows is refused.
   */
  #permits(about: Process | string, association: Association, perSecond: number | null): boolean {
    if (perSecond === null) return true;
    const heard = this.#lastHeard.get(association) ?? new Map<Process | string, number>();
    this.#lastHeard.set(association, heard);
    const { now } = this.process.queue;
    const last = heard.get(about) ?? Number.NEGATIVE_INFINITY;
    heard.set(about, now);
    return now - last >= 1 / perSecond;
  }

  #lookAfter(entry: Entry, association: Association, side: Side): void {
    entry.association = association;
    association.onLost(side, () => {
      if (entry.association === association) this.#removeOwn(entry);
    });
    this.#monitor(entry, association, side);
  }

  /** Endpoint keep-alives: after an interval, then an interval after each answer. */
  #monitor(entry: Entry, association: Association, side: Side): void {
    entry.monitoring = this.process.after(this.role.endpointKeepAliveInterval, () =>
      this.#ask(entry, association, side, null),
    );
  }

  /** @param said what the element does beside answering */
  #ask(entry: Entry, association: Association, side: Side, said: (() => void) | null): void {
    const patience = this.process.after(this.role.endpointKeepAliveTimeout, () => this.#removeSilent(entry));
    entry.monitoring = patience;
    association.send(side, () => {
      said?.();
      association.send(side === opener ? acceptor : opener, () => {
        if (!entry.registered || entry.association !== association) return;
        patience.stop();
        this.#monitor(entry, association, side);
      });
    });
  }

  #removeSilent(entry: Entry): void {
    this.deployed.counters.endpointKeepAliveTimeouts++;
    this.#removeOwn(entry);
  }

  /** Removes an element that it looks after, and tells its peers. */
  #removeOwn(entry: Entry): void {
    if (!entry.registered || entry.home !== this.process) return;
    this.deployed.record?.selection.removed(entry.process, this.process.queue.now);
    this.handlespace.remove(entry);
    this.peers?.tellRemoval(entry);
    this.tellHolding();
  }

  #expire(entry: Entry, life: number): void {
    entry.expiry.stop();
    entry.expiry = this.process.after(life, () => this.#removeOwn(entry));
  }
}
