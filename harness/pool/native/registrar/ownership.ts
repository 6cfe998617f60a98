/**
 * Whose elements are whose. Returning registrars destroy nothing: whoever lost sight of its peers does not know any
 * more which elements are its own. They are nobody's then, until one answers here or a peer claims it. And what a peer
 * says is gone is gone only if the peer was its home.
 */
import { enrpTypes, updateActions } from '../enrp.js';
import type { ParameterOf } from '../parameter.js';
import { type Core, hex, nobody } from './core.js';
import type { Element } from './handlespace.js';
import { Monitor } from './monitor.js';
import type { Peer, Peers } from './peers.js';

export class Ownership {
  readonly monitor: Monitor;
  /** Until then it does not know whether what it holds is still so. */
  #returningUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly core: Core,
    private readonly peers: Peers,
  ) {
    this.monitor = new Monitor(core, (element, why) => {
      core.outside.log(`Pool element ${element.pool}/${hex(element.identifier)} is ${why}, removing it`);
      this.removed(element);
    });
  }

  get isReturning(): boolean {
    return this.#now < this.#returningUntil;
  }

  /** Whether peers would hear what it says now, and it heard what they said. */
  get isInTouch(): boolean {
    const { known } = this.peers;
    const { peerMaxTimeLastHeard } = this.core.options.parameters;
    if (this.isReturning) return false;
    return known.length === 0 || known.some(({ heardAt }) => this.#now - heardAt <= peerMaxTimeLastHeard);
  }

  /** It comes back: its elements are asked whether they still are its own. */
  doubtAll(): void {
    const { handlespace, options } = this.core;
    this.#returningUntil = this.#now + options.parameters.peerMaxTimeNoResponse;
    for (const element of handlespace.elements(options.identifier)) {
      handlespace.rehome(element, nobody);
      this.monitor.doubted(element);
    }
  }

  /** It registered here: peers are told. */
  registered(element: Element): void {
    this.#tell(element, updateActions.add);
  }

  /** An element that answers is our own, whatever was thought meanwhile: elements answer to their home. */
  answered(element: Element): void {
    if (!this.monitor.isWatched(element)) return;
    this.monitor.answered(element);
    if (element.home !== nobody) return;
    this.core.handlespace.rehome(element, this.core.options.identifier);
    this.#tell(element, updateActions.add);
  }

  /** An element is to go: everywhere, if it is ours and peers would believe it. */
  removed(element: Element): void {
    if (element.home === this.core.options.identifier && this.isInTouch) this.#tell(element, updateActions.delete);
    this.drop(element);
  }

  /** Forgets an element and tells nobody. */
  drop(element: Element): void {
    this.monitor.forget(element);
    this.core.handlespace.remove(element.pool, element.identifier);
  }

  /**
   * A peer says whose an element is. Of one that answers here only fresh news is believed: the table of a peer that
   * comes back may be an old one.
   * @returns whose it is
   */
  claimed(pool: string, parameter: ParameterOf<'poolElement'>, by: Peer, isFresh: boolean): number {
    const { handlespace, options } = this.core;
    const home = parameter.registrar === nobody ? by.identifier : parameter.registrar;
    const known = handlespace.get(pool, parameter.identifier);
    if (home === options.identifier) return home;
    if (known?.home === home && !isFresh) return home;
    if (known?.home === options.identifier && !isFresh && this.#isAlive(known)) {
      this.#tell(known, updateActions.add);
      return options.identifier;
    }
    if (known) this.monitor.forget(known);
    const result = handlespace.register(pool, parameter, home);
    if ('cause' in result)
      this.core.outside.log(`Peer ${hex(by.identifier)} has an element that is refused: cause ${result.cause}`);
    return home;
  }

  /** All elements of a registrar that died are ours from now on; they and all peers are told. */
  takeOver(dead: number): void {
    const { handlespace, options, outside } = this.core;
    this.peers.tellAll({ type: enrpTypes.takeoverServer, target: dead });
    for (const element of handlespace.elements(dead)) {
      outside.log(`Taking ownership of pool element ${hex(element.identifier)} in pool ${element.pool}`);
      handlespace.rehome(element, options.identifier);
      this.monitor.takenOver(element);
    }
    outside.log(`Takeover of peer ${hex(dead)} completed`);
  }

  /** All elements of one registrar, perhaps this one, are another's. */
  handOver(from: number, to: number): void {
    for (const element of this.core.handlespace.elements(from)) {
      this.monitor.forget(element);
      this.core.handlespace.rehome(element, to);
    }
  }

  get #now(): number {
    return this.core.outside.now();
  }

  #isAlive(element: Element): boolean {
    const { endpointKeepAliveInterval, endpointKeepAliveTimeout } = this.core.options.parameters;
    return this.monitor.aliveAt(element) >= this.#now - endpointKeepAliveInterval - endpointKeepAliveTimeout;
  }

  #tell({ pool, parameter }: Element, action: number): void {
    const { identifier } = this.core.options;
    this.peers.tellAll({
      type: enrpTypes.handleUpdate,
      action,
      parameters: [
        { kind: 'poolHandle', handle: pool },
        { ...parameter, registrar: identifier },
      ],
    });
  }
}
