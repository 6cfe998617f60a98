/**
 * The elements of a pool as a proxy pool user knows them: by handle resolutions over ASAP (RFC 5352, section 2.2.5),
 * whose answers are used until they are stale and while a new one is under way.
 */
import { proxySeconds } from '../../experiment/web-parts.js';
import { type AsapMessage, asapTypes, find, type Parameter } from '../native/asap.js';
import { contains } from '../native/networks.js';
import { RegistrarLink, registrarSeconds } from '../native/peer/link.js';
import type { PeerContext } from '../native/peer/process.js';
import type { ResolvedElement, Resolver } from '../proxy/resolver.js';

export interface AsapResolverOptions {
  readonly pool: string;
  /** The host's own. */
  readonly addresses: readonly string[];
  readonly registrars: readonly (readonly string[])[];
  /** CIDRs of its own networks: elements may have addresses on others. */
  readonly networks: readonly string[];
  /** Seconds (RFC 5352, STALE.CACHE.VALUE). */
  readonly staleCacheValue: number;
}

/** How many elements are asked for at once. */
const items = 16;

export class AsapResolver implements Resolver {
  readonly #link: RegistrarLink;
  #elements: readonly ResolvedElement[] | null = null;
  #answeredAt = 0;
  #turn = 0;
  #asking = false;
  #patience: NodeJS.Timeout | undefined;
  /** Epoch seconds until which they are tried last. */
  readonly #avoided = new Map<number, number>();
  #answered: (() => void)[] = [];

  constructor(
    private readonly options: AsapResolverOptions,
    private readonly context: PeerContext,
  ) {
    const { addresses, registrars } = options;
    const events = {
      up: () => this.#ask(),
      down: () => {
        clearTimeout(this.#patience);
        this.#asking = false;
      },
      heard: (message: AsapMessage) => this.#heard(message),
    };
    this.#link = new RegistrarLink(addresses, registrars, events, context);
  }

  /** Each time another one is first, as Round Robin wants it; who lately failed is last. */
  async resolve(): Promise<readonly ResolvedElement[]> {
    const isStale = this.context.now() - this.#answeredAt > this.options.staleCacheValue;
    if (isStale) this.#ask();
    if (!this.#elements?.length) await this.#untilAnswered();
    const elements = this.#elements ?? [];
    const first = this.#turn++ % Math.max(1, elements.length);
    const now = this.context.now();
    const isAvoided = ({ identifier }: ResolvedElement) => (this.#avoided.get(identifier) ?? 0) > now;
    const inTurn = [...elements.slice(first), ...elements.slice(0, first)];
    return [...inTurn.filter((it) => !isAvoided(it)), ...inTurn.filter(isAvoided)];
  }

  /** RFC 5352, section 2.2.9; once, however many requests the element failed. */
  report(_: string, { identifier }: ResolvedElement): void {
    const now = this.context.now();
    if ((this.#avoided.get(identifier) ?? 0) > now) return;
    this.#avoided.set(identifier, now + proxySeconds.avoidance);
    this.#send(asapTypes.endpointUnreachable, { kind: 'elementIdentifier', identifier });
    this.#ask();
  }

  close(): void {
    clearTimeout(this.#patience);
    this.#link.close();
  }

  #send(type: number, parameter: Parameter): boolean {
    const parameters: Parameter[] = [{ kind: 'poolHandle', handle: this.options.pool }, parameter];
    return this.#link.send({ type, flags: 0, registrar: null, parameters });
  }

  #ask(): void {
    if (this.#asking || !this.#send(asapTypes.handleResolution, { kind: 'items', items })) return;
    this.#asking = true;
    this.#patience = setTimeout(() => this.#link.next(), registrarSeconds * 1e3);
  }

  #heard(message: AsapMessage): void {
    if (message.type !== asapTypes.handleResolutionResponse) return;
    clearTimeout(this.#patience);
    this.#asking = false;
    this.#answeredAt = this.context.now();
    this.#elements = message.parameters.flatMap((it) => (it.kind === 'poolElement' ? this.#reachable(it) : []));
    for (const tell of this.#answered.splice(0)) tell();
  }

  #reachable(element: Extract<Parameter, { kind: 'poolElement' }>): ResolvedElement[] {
    const transport = find(element, 'tcpTransport');
    const address = transport?.parameters
      .flatMap((it) => (it.kind === 'ipv4Address' ? [it.address] : []))
      .find((it) => this.options.networks.some((network) => contains(network, it)));
    return transport && address ? [{ identifier: element.identifier, address, port: transport.port }] : [];
  }

  #untilAnswered(): Promise<void> {
    if (this.#elements !== null && !this.#asking) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(resolve, 1e3 * proxySeconds.firstAnswer);
      this.#answered.push(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }
}
