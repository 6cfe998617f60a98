/** Looks after the elements whose home a registrar is: endpoint keep-alives (RFC 5352, section 3.5), and expiry. */
import { asapFlags, asapTypes, encode } from '../asap.js';
import { find, type Parameter } from '../parameter.js';
import type { Core } from './core.js';
import type { Element } from './handlespace.js';

interface Watched {
  /** On which the element registered, or on which it was taken over; null when it has to be connected to. */
  association: number | null;
  /** It has not been told yet that this registrar is its home. */
  isTakenOver: boolean;
  stopKeepAlive: () => void;
  stopExpiry: () => void;
  answeredAt: number;
}

export class Monitor {
  readonly #watched = new Map<Element, Watched>();
  readonly #onAssociation = new Map<number, Set<Element>>();

  /** @param lost is told of an element that did not answer in time, or whose registration expired */
  constructor(
    private readonly core: Core,
    private readonly lost: (element: Element, why: 'silent' | 'expired') => void,
  ) {}

  /** An element registered on an association: it is asked an interval from now. */
  registered(element: Element, association: number): void {
    this.forget(element);
    const watched = this.#watch(element, association, false);
    const life = element.parameter.registrationLife / 1e3;
    watched.stopExpiry = this.core.timers.at(this.#now + life, () => this.lost(element, 'expired'));
    this.#askLater(element, watched);
  }

  /** An element is taken over: it is told at once who its home is now. */
  takenOver(element: Element): void {
    this.forget(element);
    this.#ask(element, this.#watch(element, null, true));
  }

  /** An element that may have another home by now is asked at once. */
  doubted(element: Element): void {
    const watched = this.#watched.get(element);
    if (!watched) return;
    watched.stopKeepAlive();
    this.#ask(element, watched);
  }

  answered(element: Element): void {
    const watched = this.#watched.get(element);
    if (!watched) return;
    watched.stopKeepAlive();
    watched.answeredAt = this.#now;
    this.#askLater(element, watched);
  }

  /** When it last showed that it lives; −∞ of an element that is not looked after. */
  aliveAt = (element: Element): number => this.#watched.get(element)?.answeredAt ?? Number.NEGATIVE_INFINITY;

  isWatched = (element: Element): boolean => this.#watched.has(element);

  /** Elements whose association it was. */
  over(association: number): Element[] {
    const elements = [...(this.#onAssociation.get(association) ?? [])];
    for (const element of elements) this.#leaveAssociation(element);
    return elements;
  }

  forget(element: Element): void {
    const watched = this.#watched.get(element);
    if (!watched) return;
    watched.stopKeepAlive();
    watched.stopExpiry();
    this.#leaveAssociation(element);
    this.#watched.delete(element);
  }

  get #now(): number {
    return this.core.outside.now();
  }

  #watch(element: Element, association: number | null, isTakenOver: boolean): Watched {
    const watched: Watched = {
      ...{ association: null, isTakenOver, answeredAt: this.#now },
      stopKeepAlive: () => {},
      stopExpiry: () => {},
    };
    this.#watched.set(element, watched);
    if (association !== null) this.#join(element, watched, association);
    return watched;
  }

  #join(element: Element, watched: Watched, association: number): void {
    watched.association = association;
    const others = this.#onAssociation.get(association);
    if (others) others.add(element);
    else this.#onAssociation.set(association, new Set([element]));
  }

  #leaveAssociation(element: Element): void {
    const watched = this.#watched.get(element);
    if (!watched || watched.association === null) return;
    const others = this.#onAssociation.get(watched.association);
    others?.delete(element);
    if (others?.size === 0) this.#onAssociation.delete(watched.association);
    watched.association = null;
  }

  #askLater(element: Element, watched: Watched): void {
    const { endpointKeepAliveInterval } = this.core.options.parameters;
    const at = this.#now + endpointKeepAliveInterval;
    watched.stopKeepAlive = this.core.timers.at(at, () => this.#ask(element, watched));
  }

  #ask(element: Element, watched: Watched): void {
    const { endpointKeepAliveTimeout } = this.core.options.parameters;
    watched.stopKeepAlive = this.core.timers.at(this.#now + endpointKeepAliveTimeout, () =>
      this.lost(element, 'silent'),
    );
    this.core.counts.endpointKeepAlives += 1;
    const bytes = encode({
      type: asapTypes.endpointKeepAlive,
      flags: watched.isTakenOver ? asapFlags.home : 0,
      registrar: this.core.options.identifier,
      parameters: [
        { kind: 'poolHandle', handle: element.pool },
        { kind: 'elementIdentifier', identifier: element.identifier },
      ],
    });
    const { asap } = this.core.outside;
    if (watched.association !== null && asap.send(watched.association, bytes)) return;
    this.#leaveAssociation(element);
    const to = asapEndpoint(element);
    const association = to && asap.connect(to);
    if (association === null || association === undefined) return;
    this.#join(element, watched, association);
    asap.send(association, bytes);
  }
}

/** Its last transport is where it hears ASAP; the first is where it serves. */
function asapEndpoint({ parameter }: Element): { addresses: string[]; port: number } | undefined {
  const transports = parameter.parameters.filter((it) => it.kind === 'sctpTransport');
  const transport = transports.length > 1 ? transports.at(-1) : undefined;
  return transport && { addresses: addressesIn(transport), port: transport.port };
}

export const addressesIn = ({ parameters }: { readonly parameters: readonly Parameter[] }): string[] =>
  parameters.flatMap((it) => (it.kind === 'ipv4Address' || it.kind === 'ipv6Address' ? [it.address] : []));

/** Of a server information, where that registrar hears ENRP. */
export function endpointIn(information: { readonly parameters: readonly Parameter[] }) {
  const transport = find(information, 'sctpTransport');
  return transport && { addresses: addressesIn(transport), port: transport.port };
}
