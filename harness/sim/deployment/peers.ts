/**
 * A registrar among its peers (ENRP, RFC 5353): heartbeats, who has fallen silent, updates of the handlespace, and what
 * checksums that differ lead to.
 */
import type { Entry, Registration } from './handlespace.js';
import { Line } from './line.js';
import type { Process } from './process.js';
import type { Registrar } from './registrar.js';
import { Takeovers } from './takeovers.js';

/** A peer as a registrar knows it; after a restart it is another one. */
export interface Peer {
  readonly registrar: Registrar;
  readonly life: Process;
  /** Since when it has been silent. */
  heardAt: number;
  isActive: boolean;
}

/** How long a registrar that learns the handlespace waits before it asks again, in seconds. */
const askAgainSeconds = 1;
/** Rounding must not let a timer ring too early for itself. */
const soon = 1e-9;

export class Peers {
  readonly all = new Map<Process, Peer>();
  readonly #lines: readonly Line[];
  readonly #takeovers: Takeovers;

  constructor(readonly own: Registrar) {
    const { network, registrars } = own.deployed;
    this.#lines = registrars.filter((each) => each !== own).map((each) => new Line(network, own.process, each));
    this.#takeovers = new Takeovers(this);
  }

  get count(): number {
    return this.all.size;
  }

  /** In the beginning all know each other; when each one's heart beats is chance. */
  meet(): void {
    const { own } = this;
    for (const { to } of this.#lines) this.#add(to, to.process);
    const phase = own.deployed.random.fork('heartbeat', own.number).uniform() * own.role.peerHeartbeatCycle;
    own.process.after(phase, () => this.announce());
  }

  /** Learns the handlespace of whoever answers first; finding nobody in time, it begins with an empty one. */
  learn(ready: () => void): void {
    const { own } = this;
    let isReady = false;
    const begin = () => {
      if (isReady) return;
      isReady = true;
      ready();
    };
    const ask = () => {
      if (isReady) return;
      for (const line of this.#lines) {
        line.ask(
          () => line.to.peers!.#everything(),
          ({ known, table }) => {
            if (isReady) return;
            for (const { registrar, life } of known) if (registrar !== own) this.#heard(registrar, life);
            for (const { registration, home } of table) this.#learnOf(registration, home);
            begin();
          },
        );
      }
      own.process.after(askAgainSeconds, ask);
    };
    ask();
    own.process.after(own.role.mentorDiscoveryTimeout, begin);
  }

  /** What a mentor tells: whom it knows, itself included, and all elements. */
  #everything() {
    const { own } = this;
    return {
      known: [...this.all.values(), { registrar: own, life: own.process }],
      table: own.handlespace.all().map(({ registration, home }) => ({ registration, home })),
    };
  }

  /** The heartbeat, again and again from now on. */
  announce(): void {
    const { process, role } = this.own;
    this.presence();
    process.after(role.peerHeartbeatCycle, () => this.announce());
  }

  /** Tells all that it lives, and the checksum of the elements that it looks after. */
  presence(): void {
    for (const line of this.#lines) this.#present(line, false);
  }

  #present(line: Line, isToAnswer: boolean): void {
    const { own } = this;
    const { process } = own;
    const checksum = own.handlespace.checksumOf(process);
    line.send(() => line.to.peers!.#heardPresence(own, process, checksum, isToAnswer));
  }

  /** An element has registered, or registered again. */
  tell(registration: Registration): void {
    const { process } = this.own;
    this.#tellAll((peers) => {
      peers.#heardUpdate(this.own, process);
      peers.#learnOf(registration, process);
    });
  }

  tellRemoval({ pool, process: element }: Entry): void {
    const { process } = this.own;
    this.#tellAll((peers) => {
      peers.#heardUpdate(this.own, process);
      peers.#forget(pool, element, process);
    });
  }

  /** Says something to one peer, if it still is the one that is meant. */
  send(to: Peer, hear: (peers: Peers) => void): void {
    this.#lineTo(to.registrar).send(() => {
      if (to.registrar.process === to.life) hear(to.registrar.peers!);
    });
  }

  /** The takeovers of a peer that has something to say about one. */
  get takeovers(): Takeovers {
    return this.#takeovers;
  }

  #tellAll(hear: (peers: Peers) => void): void {
    for (const line of this.#lines) line.send(() => hear(line.to.peers!));
  }

  #lineTo(registrar: Registrar): Line {
    return this.#lines.find(({ to }) => to === registrar)!;
  }

  #add(registrar: Registrar, life: Process): Peer {
    const peer = { registrar, life, heardAt: this.own.process.queue.now, isActive: true };
    this.all.set(life, peer);
    this.#watch(peer, this.own.role.peerMaxTimeLastHeard);
    this.own.tellHolding();
    return peer;
  }

  /** Any message counts. */
  #heard(registrar: Registrar, life: Process): void {
    const peer = this.all.get(life) ?? this.#add(registrar, life);
    peer.heardAt = this.own.process.queue.now;
    peer.isActive = true;
    this.#takeovers.cancel(life);
  }

  #heardUpdate(registrar: Registrar, life: Process): void {
    if (!this.own.deployed.quirks.heardByPresence) this.#heard(registrar, life);
  }

  #heardPresence(registrar: Registrar, life: Process, checksum: number, isToAnswer: boolean): void {
    const { own } = this;
    this.#heard(registrar, life);
    if (isToAnswer) this.#present(this.#lineTo(registrar), false);
    const agrees = own.handlespace.checksumOf(life) === checksum;
    own.deployed.record?.audited(own.node.name, registrar.node.name, own.process.queue.now, agrees);
    if (!agrees) this.#askTable(registrar, life);
  }

  /** Their checksums differ: what the peer looks after replaces what was known of it. */
  #askTable(registrar: Registrar, life: Process): void {
    const { own } = this;
    this.#lineTo(registrar).ask(
      () => ({ from: registrar.process, table: registrar.handlespace.of(registrar.process) }),
      ({ from, table }) => {
        if (from !== life) return;
        const told = new Set(table.map(({ process }) => process));
        for (const { pool, process } of own.handlespace.of(life))
          if (!told.has(process)) this.#forget(pool, process, life);
        for (const { registration } of table) this.#learnOf(registration, life);
      },
    );
  }

  /** Waits until a peer has been silent for so many seconds, then asks it. */
  #watch(peer: Peer, seconds: number): void {
    const { process, role, deployed, node } = this.own;
    process.after(peer.heardAt + seconds - process.queue.now + soon, () => {
      if (this.all.get(peer.life) !== peer) return;
      if (process.queue.now < peer.heardAt + seconds) {
        this.#watch(peer, seconds);
        return;
      }
      deployed.record?.missed(node.name, peer.registrar.node.name, process.queue.now);
      this.#present(this.#lineTo(peer.registrar), true);
      const { heardAt } = peer;
      process.after(role.peerMaxTimeNoResponse, () => {
        if (this.all.get(peer.life) !== peer) return;
        if (peer.heardAt === heardAt) this.#takeovers.begin(peer);
        // Whoever is taking it over may fail, too.
        if (this.all.get(peer.life) === peer) {
          peer.heardAt = Math.max(peer.heardAt, peer.isActive ? 0 : process.queue.now);
          this.#watch(peer, seconds);
        }
      });
    });
  }

  /** Another registrar is, or has become, an element's home. */
  #learnOf(registration: Registration, home: Process): void {
    const { own } = this;
    const { handlespace } = own;
    const distance = own.distanceTo(registration, home);
    const entry = handlespace.find(registration.pool, registration.process);
    if (entry) {
      if (entry.home === own.process && home !== own.process) own.disown(entry);
      entry.home = home;
      handlespace.update(entry, registration, distance);
    } else if (handlespace.accepts(registration)) handlespace.add(registration, home, distance);
    own.tellHolding();
  }

  /** A peer has removed an element: that counts if it is the element's home. */
  #forget(pool: string, element: Process, by: Process): void {
    const { own } = this;
    const entry = own.handlespace.find(pool, element);
    if (!entry || (entry.home !== by && !own.deployed.quirks.foreignRemovals)) return;
    own.handlespace.remove(entry);
    own.tellHolding();
  }
}
