/** The other registrars: who they are, when they were heard, and what is said to them (RFC 5353). */
import { type EnrpMessage, encodeEnrp, enrpFlags, enrpTypes } from '../enrp.js';
import type { Parameter, ParameterOf } from '../parameter.js';
import { type Core, type Endpoint, hex, nobody } from './core.js';
import { endpointIn } from './monitor.js';

export interface Peer {
  /** 0 while nobody has been heard there. */
  identifier: number;
  endpoint: Endpoint;
  /** It was told of, so it is spoken to even while nobody answers. */
  readonly isStatic: boolean;
  association: number | null;
  heardAt: number;
  /** Its handle table is being asked for; what of it was heard so far. */
  synchronizing: Set<string> | null;
  /** What it has not been sent yet of the handle table that it asks for. */
  unsent: Parameter[][] | null;
  stopTimer: () => void;
}

type Said = { readonly type: number } & Partial<Omit<EnrpMessage, 'type' | 'sender' | 'receiver'>>;

export class Peers {
  readonly #all = new Set<Peer>();

  constructor(private readonly core: Core) {
    for (const endpoint of core.options.peers) this.#all.add(newPeer(nobody, endpoint, true));
  }

  /** Those that have been heard. */
  get known(): Peer[] {
    return [...this.#all].filter(({ identifier }) => identifier !== nobody);
  }

  get(identifier: number): Peer | undefined {
    return identifier === nobody ? undefined : [...this.#all].find((peer) => peer.identifier === identifier);
  }

  /** A registrar that is heard or heard of, as a peer. */
  learn(identifier: number, endpoint: Endpoint): { peer: Peer; isNew: boolean } {
    const known = this.get(identifier);
    if (known) {
      if (endpoint.addresses.length > 0) known.endpoint = endpoint;
      return { peer: known, isNew: false };
    }
    const told = [...this.#all].find(
      (peer) => peer.isStatic && peer.identifier === nobody && shares(peer.endpoint, endpoint),
    );
    const peer = told ?? newPeer(identifier, endpoint, false);
    peer.identifier = identifier;
    if (endpoint.addresses.length > 0) peer.endpoint = endpoint;
    peer.heardAt = this.core.outside.now();
    this.#all.add(peer);
    return { peer, isNew: true };
  }

  /** A peer that is no more. One that was told of may come back as another. */
  forget(peer: Peer): void {
    peer.stopTimer();
    if (peer.association !== null) this.core.outside.enrp.abort(peer.association);
    this.#all.delete(peer);
    if (peer.isStatic) this.#all.add(newPeer(nobody, peer.endpoint, true));
  }

  over(association: number): void {
    for (const peer of this.#all) if (peer.association === association) peer.association = null;
  }

  /** Says something to one peer; it is connected to, if need be. */
  tell(peer: Peer, said: Said): void {
    const bytes = encodeEnrp({
      ...{ flags: 0, target: null, action: null, parameters: [] },
      ...said,
      ...{ sender: this.core.options.identifier, receiver: peer.identifier },
    });
    const { enrp } = this.core.outside;
    if (peer.association !== null && enrp.send(peer.association, bytes)) return;
    if (peer.endpoint.addresses.length === 0) return;
    peer.association = enrp.connect(peer.endpoint);
    if (peer.association !== null) enrp.send(peer.association, bytes);
  }

  tellAll(said: Said): void {
    for (const peer of this.known) this.tell(peer, said);
  }

  /** A presence to everybody, those that have not been heard yet among them. */
  showPresence(replyRequired = false): void {
    for (const peer of this.#all) this.tell(peer, this.presence(replyRequired));
    if (!this.core.options.announces) return;
    const { identifier } = this.core.options;
    const said = { target: null, action: null, ...this.presence(false), sender: identifier, receiver: nobody };
    this.core.outside.announce('enrp', encodeEnrp(said));
  }

  presence(replyRequired: boolean) {
    const { identifier } = this.core.options;
    const checksum = this.core.handlespace.checksum(identifier);
    return {
      type: enrpTypes.presence,
      flags: replyRequired ? enrpFlags.replyRequired : 0,
      parameters: [{ kind: 'checksum', checksum } as const, this.information(identifier, this.core.options.enrp)],
    };
  }

  information(registrar: number, { addresses, port }: Endpoint): ParameterOf<'serverInformation'> {
    const within = addresses.map((address): Parameter => {
      return address.includes(':') ? { kind: 'ipv6Address', address } : { kind: 'ipv4Address', address };
    });
    const parameters = [{ kind: 'sctpTransport', port, use: 0, parameters: within } as const];
    return { kind: 'serverInformation', registrar, parameters };
  }

  /** Everybody that is known, as an answer to a list request. */
  tellList(to: Peer): void {
    const parameters = this.known
      .filter((peer) => peer !== to && peer.endpoint.addresses.length > 0)
      .map(({ identifier, endpoint }) => this.information(identifier, endpoint));
    this.tell(to, { type: enrpTypes.listResponse, parameters });
  }

  /** @returns those that were not known */
  learnList({ parameters }: EnrpMessage): Peer[] {
    return parameters.flatMap((it) => {
      const endpoint = it.kind === 'serverInformation' ? endpointIn(it) : undefined;
      if (it.kind !== 'serverInformation' || !endpoint || it.registrar === this.core.options.identifier) return [];
      const { peer, isNew } = this.learn(it.registrar, endpoint);
      if (!isNew) return [];
      this.core.outside.log(`Sending Presence to new peer ${hex(it.registrar)}`);
      this.tell(peer, this.presence(true));
      return [peer];
    });
  }
}

const newPeer = (identifier: number, endpoint: Endpoint, isStatic: boolean): Peer => ({
  ...{ identifier, endpoint, isStatic, association: null, heardAt: Number.NEGATIVE_INFINITY },
  ...{ synchronizing: null, unsent: null },
  stopTimer: () => {},
});

const shares = (a: Endpoint, b: Endpoint): boolean =>
  a.port === b.port && a.addresses.some((address) => b.addresses.includes(address));
