/**
 * A registrar: ASAP towards elements and users, ENRP towards its peers. A state machine without clock and network;
 * whoever runs it tells it what comes in and calls `tick` when `nextAt` has come.
 *
 * Returning registrars destroy nothing. Whoever lost sight of its peers does not know any more which elements are its
 * own: they are nobody's, until an element answers here or a peer claims it. And what a peer says is gone is gone only
 * if the peer was its home.
 */
import type { Random } from '../../../base/random.js';
import { asapTypes, encode } from '../asap.js';
import { decodeEnrp, type EnrpMessage, enrpFlags, enrpTypes, updateActions } from '../enrp.js';
import { find, type ParameterOf } from '../parameter.js';
import type { SocketAddress } from '../socket.js';
import { Clients } from './clients.js';
import { type Core, hex, nobody, type Outside, type RegistrarOptions } from './core.js';
import { type Element, Handlespace } from './handlespace.js';
import { endpointIn, Monitor } from './monitor.js';
import { type Peer, Peers } from './peers.js';
import { Tables } from './table.js';
import { Takeovers } from './takeover.js';
import { Timers } from './timers.js';

/** Seconds between two server announces (RFC 5352, section 3.2), as RSPLIB has it. */
const announceCycle = 1;

export class Registrar {
  readonly #core: Core;
  readonly #monitor: Monitor;
  readonly #clients: Clients;
  readonly #peers: Peers;
  readonly #tables: Tables;
  readonly #takeovers: Takeovers;
  #mentor: Peer | null = null;
  #isReady = false;
  /** When it last was awake. */
  #awakeAt: number;
  /** Until then it does not know whether what it holds is still so. */
  #returningUntil = Number.NEGATIVE_INFINITY;

  constructor(options: RegistrarOptions, outside: Outside, random: Random) {
    const counts = {
      ...{ registrations: 0, reregistrations: 0, deregistrations: 0, handleResolutions: 0, failureReports: 0 },
      ...{ synchronizations: 0, handleUpdates: 0, endpointKeepAlives: 0 },
    };
    const core: Core = { options, outside, timers: new Timers(), handlespace: new Handlespace(random), counts };
    this.#core = core;
    this.#awakeAt = outside.now();
    this.#monitor = new Monitor(core, (element, why) => this.#lost(element, why));
    this.#clients = new Clients(core, this.#monitor, {
      registered: (element) => this.#update(element, updateActions.add),
      removed: (element) => this.#remove(element),
      answered: (element) => this.#answered(element),
    });
    this.#peers = new Peers(core);
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
    return {
      peers: this.#peers.known.length,
      pools: handlespace.pools,
      elements: handlespace.size,
      ownElements,
      ...counts,
    };
  }

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
    const { handlespace, options, outside } = this.#core;
    outside.log('Back again. Asking what became of the elements');
    this.#returningUntil = this.#now + options.parameters.peerMaxTimeNoResponse;
    for (const element of handlespace.elements(options.identifier)) {
      handlespace.rehome(element, nobody);
      this.#monitor.doubted(element);
    }
    for (const peer of this.#peers.known) this.#tables.ask(peer, true);
  }

  /** Whether peers would hear what it says now, and it heard what they said. */
  get #isInTouch(): boolean {
    const { known } = this.#peers;
    const { peerMaxTimeLastHeard } = this.#core.options.parameters;
    if (this.#now < this.#returningUntil) return false;
    return known.length === 0 || known.some(({ heardAt }) => this.#now - heardAt <= peerMaxTimeLastHeard);
  }

  #hearOf(peer: Peer, isNew: boolean): void {
    const { peerMaxTimeLastHeard } = this.#core.options.parameters;
    const wasAway = !isNew && !this.#isInTouch && this.#now >= this.#returningUntil;
    peer.heardAt = this.#now;
    this.#takeovers.cancel(peer.identifier);
    peer.stopTimer();
    peer.stopTimer = this.#core.timers.at(this.#now + peerMaxTimeLastHeard, () => this.#miss(peer));
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

  #miss(peer: Peer): void {
    const { peerMaxTimeLastHeard, peerMaxTimeNoResponse } = this.#core.options.parameters;
    const us = Math.round(peerMaxTimeLastHeard * 1e6);
    // As RSPLIB spells it, so that both logs are read alike.
    this.#core.outside.log(
      `Peer ${hex(peer.identifier)}\n        not head since MaxTimeLastHeard=${us}us -> requesting immediate Presence`,
    );
    this.#peers.tell(peer, this.#peers.presence(true));
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
        this.#peers.learnList(message);
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
        this.#takeovers.done(peer, message);
        break;
      default:
        this.#core.outside.log(`Peer ${hex(peer.identifier)} sent a message of type ${message.type}`);
    }
  }

  /** A presence tells what the peer holds; what differs is asked for. */
  #audit(peer: Peer, message: EnrpMessage): void {
    const checksum = find(message, 'checksum')?.checksum;
    const { handlespace } = this.#core;
    if (checksum !== undefined && checksum !== handlespace.checksum(peer.identifier)) {
      if (!peer.synchronizing)
        this.#core.outside.log(`Handle Table synchronization with peer ${hex(peer.identifier)} is necessary`);
      this.#tables.ask(peer, true);
    }
    if ((message.flags & enrpFlags.replyRequired) !== 0) this.#peers.tell(peer, this.#peers.presence(false));
  }

  #hearTable(peer: Peer, message: EnrpMessage): void {
    const claim = (pool: string, element: ParameterOf<'poolElement'>) => this.#claimed(pool, element, peer, false);
    const isLast = this.#tables.hear(peer, message, claim, (element) => this.#drop(element));
    if (isLast && peer === this.#mentor && !this.#isReady)
      this.#serve('after obtaining handlespace from mentor server');
  }

  #hearUpdate(peer: Peer, message: EnrpMessage): void {
    this.#core.counts.handleUpdates += 1;
    const [pool, parameter] = [find(message, 'poolHandle'), find(message, 'poolElement')];
    if (!pool || !parameter) return;
    if (message.action === updateActions.add) this.#claimed(pool.handle, parameter, peer, true);
    const element = this.#core.handlespace.get(pool.handle, parameter.identifier);
    if (message.action === updateActions.delete && element?.home === peer.identifier) this.#drop(element);
  }

  /**
   * A peer says whose an element is. Of one that answers here, only fresh news is believed: the table of a peer that
   * comes back may be an old one.
   */
  #claimed(pool: string, parameter: ParameterOf<'poolElement'>, by: Peer, isFresh: boolean): void {
    const { handlespace, options } = this.#core;
    const home = parameter.registrar === nobody ? by.identifier : parameter.registrar;
    const known = handlespace.get(pool, parameter.identifier);
    if (home === options.identifier && known?.home !== home) return;
    if (known?.home === options.identifier && home !== options.identifier) {
      if (!isFresh && this.#isAlive(known)) {
        this.#update(known, updateActions.add);
        return;
      }
      this.#monitor.forget(known);
    } else if (known) this.#monitor.forget(known);
    const result = handlespace.register(pool, parameter, home);
    if ('cause' in result) this.#core.outside.log(`Peer ${hex(by.identifier)} has an element that is refused`);
    // Whoever is a home is a peer, heard or not: otherwise nobody would miss it.
    const { peer, isNew } = this.#peers.learn(home, { addresses: [], port: 0 });
    if (isNew && home !== options.identifier) this.#watchUnheard(peer);
  }

  #watchUnheard(peer: Peer): void {
    const { peerMaxTimeLastHeard } = this.#core.options.parameters;
    peer.stopTimer = this.#core.timers.at(this.#now + peerMaxTimeLastHeard, () => this.#miss(peer));
  }

  #isAlive(element: Element): boolean {
    const { endpointKeepAliveInterval, endpointKeepAliveTimeout } = this.#core.options.parameters;
    return this.#monitor.aliveAt(element) >= this.#now - endpointKeepAliveInterval - endpointKeepAliveTimeout;
  }

  /** An element that answers is our own, whatever was thought meanwhile: elements answer to their home. */
  #answered(element: Element): void {
    if (!this.#monitor.isWatched(element)) return;
    this.#monitor.answered(element);
    if (element.home !== nobody) return;
    this.#core.handlespace.rehome(element, this.#core.options.identifier);
    this.#update(element, updateActions.add);
  }

  #lost(element: Element, why: 'silent' | 'expired'): void {
    this.#core.outside.log(`Pool element ${element.pool}/${hex(element.identifier)} is ${why}, removing it`);
    this.#remove(element);
  }

  /** Removes an element everywhere, if it is ours and peers would believe it. */
  #remove(element: Element): void {
    const isOurs = element.home === this.#core.options.identifier;
    if (isOurs && this.#isInTouch) this.#update(element, updateActions.delete);
    this.#drop(element);
  }

  #drop(element: Element): void {
    this.#monitor.forget(element);
    this.#core.handlespace.remove(element.pool, element.identifier);
  }

  #update({ pool, parameter }: Element, action: number): void {
    this.#peers.tellAll({
      type: enrpTypes.handleUpdate,
      action,
      parameters: [
        { kind: 'poolHandle', handle: pool },
        { ...parameter, registrar: this.#core.options.identifier },
      ],
    });
  }

  /** A dead registrar has been taken over, by ourselves or by another; or by nobody, and is looked at again. */
  #settle(dead: number, by: number): void {
    const { handlespace, options, outside } = this.#core;
    const elements = handlespace.elements(dead);
    const peer = this.#peers.get(dead);
    if (by === nobody) {
      if (!peer) return;
      if (elements.length > 0) this.#takeovers.begin(peer);
      else this.#bury(peer);
      return;
    }
    if (by === options.identifier) {
      this.#peers.tellAll({ type: enrpTypes.takeoverServer, target: dead });
      for (const element of elements) {
        outside.log(`Taking ownership of pool element ${hex(element.identifier)} in pool ${element.pool}`);
        handlespace.rehome(element, options.identifier);
        this.#monitor.takenOver(element);
      }
      outside.log(`Takeover of peer ${hex(dead)} completed`);
    } else {
      for (const element of elements) {
        this.#monitor.forget(element);
        handlespace.rehome(element, by);
      }
    }
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
