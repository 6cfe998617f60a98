/** How an element is kept in the handlespace (RFC 5352, sections 3.1 to 3.5): registered, renewed, taken out. */
import { isDeepStrictEqual } from 'node:util';
import { labBroken } from '../../../base/errors.js';
import { type AsapMessage, asapFlags, asapTypes, find, type Parameter } from '../asap.js';
import { policyParameter } from '../policy.js';
import { RegistrarLink, registrarSeconds } from './link.js';
import type { ElementOrder } from './order.js';
import type { PeerContext } from './process.js';

/** A registration is renewed so often while it is valid, as RSPLIB does by itself (90 s and 30 s). */
const renewalsPerLife = 3;

/** What a registration says of an element, beside its names. */
export interface Service {
  /** Where users find it. */
  readonly transport: Parameter;
  /** At this moment, a fraction of its full one. */
  readonly load: () => number;
  /** Whether it is to be in the pool: registrars hear nothing of one that is not. */
  readonly isFit: () => boolean;
}

export class Registration {
  readonly #link: RegistrarLink;
  readonly #handle: Parameter;
  readonly #identifier: Parameter;
  #underWay = false;
  #changed = false;
  #wasRegistered = false;
  #renewal: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #told: Parameter | null = null;
  #deregistered: (() => void) | null = null;

  constructor(
    private readonly order: ElementOrder,
    private readonly service: Service,
    private readonly context: PeerContext,
  ) {
    this.#handle = { kind: 'poolHandle', handle: order.role.pool };
    this.#identifier = { kind: 'elementIdentifier', identifier: order.identifier };
    this.#link = new RegistrarLink(
      order.addresses,
      order.registrars,
      {
        up: () => this.#register(),
        down: () => this.#down(),
        heard: (message) => this.#heard(message),
      },
      context,
    );
  }

  /** Registers an element that has become fit. */
  renew(): void {
    if (!this.#underWay) this.#register();
  }

  /** Tells the registrar of another load, where the policy goes by it. */
  loadChanged(): void {
    if (isDeepStrictEqual(this.#policy(), this.#told)) return;
    this.#changed = true;
    if (!this.#underWay) this.#register();
  }

  /** @returns what to answer a registrar's endpoint keep-alive with; null when it is about somebody else */
  answerTo(message: AsapMessage): AsapMessage | null {
    const asked = find(message, 'elementIdentifier');
    if (message.type !== asapTypes.endpointKeepAlive || !this.service.isFit()) return null;
    if (asked && asked.identifier !== this.order.identifier) return null;
    const parameters = [this.#handle, this.#identifier];
    return { type: asapTypes.endpointKeepAliveAck, flags: 0, registrar: null, parameters };
  }

  /** A keep-alive that came to the port of the service, where a registrar that took over another finds the element. */
  askedBy(address: string, { flags }: AsapMessage): void {
    if ((flags & asapFlags.home) !== 0) this.#link.turnTo(address);
  }

  /** Resolves when the registrar has confirmed it, or cannot. */
  deregister(): Promise<void> {
    clearTimeout(this.#renewal);
    clearTimeout(this.#patience);
    const parameters = [this.#handle, this.#identifier];
    if (!this.#link.send({ type: asapTypes.deregistration, flags: 0, registrar: null, parameters }))
      return Promise.resolve();
    return new Promise((resolve) => {
      this.#deregistered = resolve;
    });
  }

  close(): void {
    this.#link.close();
  }

  #policy(): Parameter {
    return policyParameter(this.order.role.policy, this.service.load());
  }

  #register(): void {
    if (!this.service.isFit()) return;
    const { identifier, role } = this.order;
    const policy = this.#policy();
    const element: Parameter = {
      kind: 'poolElement',
      identifier,
      registrar: 0,
      registrationLife: Math.round(role.registrationLife * 1e3),
      parameters: [this.service.transport, policy],
    };
    const parameters = [this.#handle, element];
    if (!this.#link.send({ type: asapTypes.registration, flags: 0, registrar: null, parameters })) return;
    this.#told = policy;
    this.#underWay = true;
    this.#changed = false;
    this.#patience = setTimeout(() => this.#link.next(), registrarSeconds * 1e3);
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => this.#register(), (role.registrationLife / renewalsPerLife) * 1e3);
  }

  #down(): void {
    clearTimeout(this.#patience);
    this.#underWay = false;
    this.#deregistered?.();
  }

  #heard(message: AsapMessage): void {
    const answer = this.answerTo(message);
    if (answer) this.#link.send(answer);
    if (message.type === asapTypes.registrationResponse) this.#registered(message);
    if (message.type !== asapTypes.deregistrationResponse) return;
    this.context.tell({ event: 'deregistered', identifier: this.order.identifier });
    this.#deregistered?.();
  }

  /** @throws HarnessError `lab-broken` when its first one was refused: an element that nobody finds is none */
  #registered(message: AsapMessage): void {
    clearTimeout(this.#patience);
    this.#underWay = false;
    if ((message.flags & asapFlags.reject) !== 0) {
      const causes = JSON.stringify(find(message, 'error')?.causes ?? []);
      const why = `${this.order.name}: the registrar refused its registration: ${causes}`;
      if (!this.#wasRegistered) throw labBroken(why);
      // Somebody may have taken its place in the pool; it tries again with its next regular registration.
      this.context.tell({ event: 'refused', why });
      return;
    }
    this.#wasRegistered = true;
    this.context.tell({ event: 'registered', identifier: this.order.identifier });
    if (this.#changed) this.#register();
  }
}
