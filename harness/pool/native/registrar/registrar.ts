/**
 * A registrar: ASAP towards elements and users, ENRP towards its peers. A state machine without clock and network;
 * whoever runs it tells it what comes in and calls `tick` when `nextAt` has come.
 */
import type { Random } from '../../../base/random.js';
import { asapTypes, encode } from '../asap.js';
import { decodeEnrp, type EnrpMessage, enrpFlags, enrpTypes, updateActions } from '../enrp.js';
import { find } from '../parameter.js';
import type { SocketAddress } from '../socket.js';
import { Clients } from './clients.js';
import { type Core, hex, nobody, type Outside, type RegistrarOptions } from './core.js';
import { Handlespace } from './handlespace.js';
import { endpointIn } from './monitor.js';
import { Ownership } from './ownership.js';
import { type Peer, Peers } from './peers.js';
import { Tables } from './table.js';
import { Takeovers } from './takeover.js';
import { Timers } from './timers.js';

/** Seconds between two server announces (RFC 5352, section 3.2), as RSPLIB has it. */
const announceCycle = 1;

const noCounts = {
  ...{ registrations: 0, reregistrations: 0, deregistrations: 0, handleResolutions: 0, failureReports: 0 },
  ...{ synchronizations: 0, handleUpdates: 0, endpointKeepAlives: 0 },
};

export class Registrar {
  readonly #core: Core;
  readonly #ownership: Ownership;
  readonly #clients: Clients;
  readonly #peers: Peers;
  readonly #tables: Tables;
  readonly #takeovers: Takeovers;
  #mentor: Peer | null = null;
  #isReady = false;
  #awakeAt: number;

  constructor(options: RegistrarOptions, outside: Outside, random: Random) {
    const [timers, handlespace, counts] = [new Timers(), new Handlespace(random), { ...noCounts }];
    const core: Core = { options, outside, timers, handlespace, counts };
    this.#core = core;
    this.#awakeAt = outside.now();
    this.#peers = new Peers(core);
    this.#ownership = new Ownership(core, this.#peers);
    this.#clients = new Clients(core, this.#ownership.monitor, this.#ownership);
    this.#tables = new Tables(core, this.#peers);
    this.#takeovers = new Takeovers(core, this.#peers, (dead, by) => this.#settle(dead, by));
  }

  /** Looks for a mentor to learn the handlespace from; serves when it has, or has found none in time. */
  start(): void {
    const { outside, timers, options } = this.#core;
    outside.log('Registrar started. Going into initialization phase...');
    timers.at(this.#now + options.parameters.mentorDiscoveryTimeout, () =>
      this.#serve('after ENRP mentor discovery timeout'),
    );
    this.#peers.showPresence(true);
    this.#every(options.parameters.peerHeartbeatCycle, () => this.#peers.showPresence());
  }

  /** When it next has something to do by itself; epoch seconds. */
  get nextAt(): number {
    return this.#core.timers.nextAt;
  }

  tick(): void {
    this.#wake();
    this.#core.timers.run(this.#now);
  }

  /** @throws HarnessError `bad-input` for bytes that are no message */
  heardAsap(association: number, from: SocketAddress | undefined, bytes: Buffer): void {
    this.#wake();
    if (this.#isReady) this.#clients.heard(association, from, bytes);
  }

  overAsap(association: number): void {
    this.#wake();
    this.#clients.over(association);
  }

  /**
   * @param association null when it came by a group
   * @throws HarnessError `bad-input` for bytes that are no message
   */
  heardEnrp(association: number | null, from: SocketAddress | undefined, bytes: Buffer): void {
    this.#wake();
    const message = decodeEnrp(bytes);
    const { identifier } = this.#core.options;
    if (message.sender === identifier || message.sender === nobody) return;
    if (message.receiver !== nobody && message.receiver !== identifier) return;
    const information = find(message, 'serverInformation');
    const said = information && endpointIn(information);
    const endpoint = said ?? { addresses: from ? [from.address] : [], port: from?.port ?? 0 };
    const { peer, isNew } = this.#peers.learn(message.sender, endpoint);
    if (association !== null) peer.association = association;
    this.#hearOf(peer, isNew);
    this.#act(peer, message, association !== null);
  }

  overEnrp(association: number): void {
    this.#wake();
    this.#peers.over(association);
  }

  /** What its statistics are made of. */
  get holdings() {
    const { handlespace, options, counts } = this.#core;
    const ownElements = handlespace.elements(options.identifier).length;
    const { pools, size: elements } = handlespace;
    return { peers: this.#peers.known.length, pools, elements, ownElements, ...counts };
  }

  /** What it holds, to look at. */
  get handlespace(): Handlespace {
    return this.#core.handlespace;
  }

  get #now(): number {
    return this.#core.outside.now();
  }

  /** One that slept longer than its peers are patient has to ask what became of its elements. */
  #wake(): void {
    const slept = this.#now - this.#awakeAt;
    this.#awakeAt = this.#now;
    if (slept > this.#core.options.parameters.peerMaxTimeLastHeard) this.#return();
  }

  #return(): void {
    this.#core.outside.log('Back again. Asking what became of the elements');
    this.#ownership.doubtAll();
    for (const peer of this.#peers.known) this.#tables.ask(peer, true);
  }

  #hearOf(peer: Peer, isNew: boolean): void {
    const wasAway = !this.#ownership.isInTouch && !this.#ownership.isReturning;
    peer.heardAt = this.#now;
    this.#takeovers.cancel(peer.identifier);
    this.#watch(peer);
    if (wasAway) this.#return();
    if (!isNew) return;
    this.#core.outside.log(`Sending Presence to new peer ${hex(peer.identifier)}`);
    this.#peers.tell(peer, this.#peers.presence(true));
    this.#askMentor(peer);
  }

  #askMentor(peer: Peer): void {
    if (this.#isReady || this.#mentor) return;
    this.#mentor = peer;
    this.#core.outside.log(`Trying ${hex(peer.identifier)} as mentor server...`);
    this.#peers.tell(peer, { type: enrpTypes.listRequest });
    this.#tables.ask(peer, false);
  }

  #watch(peer: Peer): void {
    peer.stopTimer();
    const { peerMaxTimeLastHeard } = this.#core.options.parameters;
    peer.stopTimer = this.#core.timers.at(this.#now + peerMaxTimeLastHeard, () => this.#miss(peer));
  }

  #miss(peer: Peer): void {
    const { peerMaxTimeLastHeard, peerMaxTimeNoResponse } = this.#core.options.parameters;
    const us = Math.round(peerMaxTimeLastHeard * 1e6);
    // In two lines and as RSPLIB spells it, so that both logs are read alike.
    this.#core.outside.log(
      `Peer ${hex(peer.identifier)}\n        not head since MaxTimeLastHeard=${us}us -> requesting immediate Presence`,
    );
    this.#peers.tell(peer, this.#peers.presence(true));
    // What it was asked for may have been lost with it.
    [peer.synchronizing, peer.unsent] = [null, null];
    peer.stopTimer = this.#core.timers.at(this.#now + peerMaxTimeNoResponse, () => this.#takeovers.begin(peer));
  }

  #act(peer: Peer, message: EnrpMessage, isUnicast: boolean): void {
    switch (message.type) {
      case enrpTypes.presence:
        if (isUnicast) this.#audit(peer, message);
        break;
      case enrpTypes.listRequest:
        this.#peers.tellList(peer);
        break;
      case enrpTypes.listResponse:
        for (const learned of this.#peers.learnList(message)) this.#watch(learned);
        break;
      case enrpTypes.handleTableRequest:
        this.#tables.answer(peer, message);
        break;
      case enrpTypes.handleTableResponse:
        this.#hearTable(peer, message);
        break;
      case enrpTypes.handleUpdate:
        this.#hearUpdate(peer, message);
        break;
      case enrpTypes.initTakeover:
        // It lives, and says so.
        if (message.target === this.#core.options.identifier) this.#peers.showPresence();
        else this.#takeovers.asked(peer, message);
        break;
      case enrpTypes.initTakeoverAck:
        this.#takeovers.agreed(peer, message);
        break;
      case enrpTypes.takeoverServer:
        // Whoever thought it dead may be wrong about its elements, too: those know best.
        if (message.target === this.#core.options.identifier) this.#return();
        else this.#takeovers.done(peer, message);
        break;
      default:
        this.#core.outside.log(`Peer ${hex(peer.identifier)} sent a message of type ${message.type}`);
    }
  }

  /** A presence tells what the peer holds; what differs is asked for. */
  #audit(peer: Peer, message: EnrpMessage): void {
    const checksum = find(message, 'checksum')?.checksum;
    if (checksum !== undefined && checksum !== this.#core.handlespace.checksum(peer.identifier)) {
      if (!peer.synchronizing)
        this.#core.outside.log(`Handle Table synchronization with peer ${hex(peer.identifier)} is necessary`);
      this.#tables.ask(peer, true);
    }
    if ((message.flags & enrpFlags.replyRequired) !== 0) this.#peers.tell(peer, this.#peers.presence(false));
  }

  #hearTable(peer: Peer, message: EnrpMessage): void {
    const claim = (...[pool, element]: Parameters<Parameters<Tables['hear']>[2]>) => {
      this.#seeHome(this.#ownership.claimed(pool, element, peer, false));
    };
    const isLast = this.#tables.hear(peer, message, claim, (element) => this.#ownership.drop(element));
    if (isLast && peer === this.#mentor) this.#serve('after obtaining handlespace from mentor server');
  }

  #hearUpdate(peer: Peer, message: EnrpMessage): void {
    this.#core.counts.handleUpdates += 1;
    const [pool, parameter] = [find(message, 'poolHandle'), find(message, 'poolElement')];
    if (!pool || !parameter) return;
    if (message.action === updateActions.add)
      this.#seeHome(this.#ownership.claimed(pool.handle, parameter, peer, true));
    const element = this.#core.handlespace.get(pool.handle, parameter.identifier);
    if (message.action === updateActions.delete && element?.home === peer.identifier) this.#ownership.drop(element);
  }

  /** Whoever is a home is a peer, heard or not: otherwise nobody would miss it. */
  #seeHome(home: number): void {
    if (home === this.#core.options.identifier) return;
    const { peer, isNew } = this.#peers.learn(home, { addresses: [], port: 0 });
    if (isNew) this.#watch(peer);
  }

  /** A dead registrar has been taken over, by ourselves or by another; or by nobody, and is looked at again. */
  #settle(dead: number, by: number): void {
    const peer = this.#peers.get(dead);
    if (by === nobody) {
      if (peer && this.#core.handlespace.elements(dead).length > 0) this.#takeovers.begin(peer);
      else if (peer) this.#bury(peer);
      return;
    }
    if (by === this.#core.options.identifier) this.#ownership.takeOver(dead);
    else this.#ownership.handOver(dead, by);
    if (peer) this.#bury(peer);
  }

  #bury(peer: Peer): void {
    const { identifier } = peer;
    this.#core.outside.log(`Dead peer ${hex(identifier)}. Removing it from the peer list`);
    this.#peers.forget(peer);
    this.#takeovers.lost(identifier);
  }

  #serve(how: string): void {
    if (this.#isReady) return;
    this.#isReady = true;
    const { outside, options } = this.#core;
    outside.ready();
    outside.log(`Initialization phase ended ${how}. The registrar is ready!`);
    if (!options.announces) return;
    const bytes = encode({ type: asapTypes.serverAnnounce, flags: 0, registrar: options.identifier, parameters: [] });
    this.#every(announceCycle, () => outside.announce('asap', bytes));
  }

  #every(seconds: number, task: () => void): void {
    const next = (at: number) =>
      this.#core.timers.at(at, () => {
        task();
        next(Math.max(at, this.#now) + seconds);
      });
    next(this.#now + seconds);
  }
}
