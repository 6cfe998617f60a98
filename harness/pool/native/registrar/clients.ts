/** What elements and users say to a registrar, and what they are answered (RFC 5352, section 3). */
import { type AsapMessage, asapFlags, asapTypes, decode, encode } from '../asap.js';
import { causes } from '../cause.js';
import { find, isTransport, type Parameter, type ParameterOf } from '../parameter.js';
import type { SocketAddress } from '../socket.js';
import { judgeUnknown } from '../unknown.js';
import { type Core, hex } from './core.js';
import type { Element } from './handlespace.js';
import { addressesIn, type Monitor } from './monitor.js';
import { RateLimit } from './rate.js';

/** What the other parts of the registrar do about elements. */
export interface ElementEvents {
  /** It registered here: peers are told. */
  registered(element: Element): void;
  /** It is to go, everywhere. */
  removed(element: Element): void;
  /** It acknowledged a keep-alive. */
  answered(element: Element): void;
}

/** As many as RSPLIB offers at a time without being told otherwise. */
const mostItems = 3;

export class Clients {
  readonly #resolutions: RateLimit;
  readonly #reports: RateLimit;

  constructor(
    private readonly core: Core,
    private readonly monitor: Monitor,
    private readonly events: ElementEvents,
  ) {
    const { maxHandleResolutionRate, maxEndpointUnreachableRate } = core.options.parameters;
    this.#resolutions = new RateLimit(maxHandleResolutionRate);
    this.#reports = new RateLimit(maxEndpointUnreachableRate);
  }

  /**
   * @param from where the association's other end is
   * @throws HarnessError `bad-input` for bytes that are no message
   */
  heard(association: number, from: SocketAddress | undefined, bytes: Buffer): void {
    const message = decode(bytes);
    const { parameters, reported } = judgeUnknown(message.parameters);
    if (reported.length > 0)
      this.#answer(association, asapTypes.error, 0, [unrecognized(causes.unrecognizedParameter, reported)]);
    if (parameters) this.#act(association, from, { ...message, parameters });
  }

  over(association: number): void {
    this.#resolutions.forget(association);
    this.#reports.forget(association);
    for (const element of this.monitor.over(association)) this.events.removed(element);
  }

  #act(association: number, from: SocketAddress | undefined, message: AsapMessage): void {
    switch (message.type) {
      case asapTypes.registration:
        this.#register(association, from, message);
        break;
      case asapTypes.deregistration:
        this.#deregister(association, message);
        break;
      case asapTypes.handleResolution:
        this.#resolve(association, message);
        break;
      case asapTypes.endpointKeepAliveAck: {
        const element = this.#elementOf(message);
        if (element) this.events.answered(element);
        break;
      }
      case asapTypes.endpointUnreachable:
        this.#report(association, message);
        break;
      case asapTypes.error:
        this.core.outside.log(`Error from association ${association}`);
        break;
      default:
        this.#answer(association, asapTypes.error, 0, [unrecognized(causes.unrecognizedMessage, [])]);
    }
  }

  #register(association: number, from: SocketAddress | undefined, message: AsapMessage): void {
    const { handlespace, counts, outside, options } = this.core;
    const [pool, parameter] = [find(message, 'poolHandle'), find(message, 'poolElement')];
    if (!pool || !parameter || !from) {
      this.#refuse(association, message.parameters, causes.invalidValues);
      return;
    }
    const completed = { ...parameter, registrar: options.identifier, parameters: withAsapTransport(parameter, from) };
    const result = handlespace.register(pool.handle, completed, options.identifier);
    const identifier: Parameter = { kind: 'elementIdentifier', identifier: parameter.identifier };
    if ('cause' in result) {
      this.#refuse(association, [pool, identifier], result.cause);
      return;
    }
    counts.registrations += 1;
    if (!result.isNew) counts.reregistrations += 1;
    outside.log(`Successfully registered ${pool.handle}/${hex(parameter.identifier)}`);
    this.#answer(association, asapTypes.registrationResponse, 0, [pool, identifier]);
    this.monitor.registered(result.element, association);
    this.events.registered(result.element);
  }

  #refuse(association: number, parameters: readonly Parameter[], code: number): void {
    const named = parameters.filter(({ kind }) => kind === 'poolHandle' || kind === 'elementIdentifier');
    this.core.outside.log(`Registration refused: cause 0x${code.toString(16)}`);
    this.#answer(association, asapTypes.registrationResponse, asapFlags.reject, [...named, errorOf(code)]);
  }

  #deregister(association: number, message: AsapMessage): void {
    const [pool, identifier] = [find(message, 'poolHandle'), find(message, 'elementIdentifier')];
    if (!pool || !identifier) return;
    const element = this.core.handlespace.get(pool.handle, identifier.identifier);
    if (element) {
      this.core.counts.deregistrations += 1;
      this.core.outside.log(`Deregistered ${pool.handle}/${hex(identifier.identifier)}`);
      // Whoever was its home, it has said it here.
      this.core.handlespace.rehome(element, this.core.options.identifier);
      this.events.removed(element);
    }
    // Gone is gone, also of one that is not there.
    this.#answer(association, asapTypes.deregistrationResponse, 0, [pool, identifier]);
  }

  #resolve(association: number, message: AsapMessage): void {
    const pool = find(message, 'poolHandle');
    if (!pool) return;
    this.core.counts.handleResolutions += 1;
    this.#answer(association, asapTypes.handleResolutionResponse, 0, [pool, ...this.#choice(association, message)]);
  }

  #choice(association: number, message: AsapMessage): Parameter[] {
    const { handle } = find(message, 'poolHandle')!;
    if (!this.#resolutions.permits(association, handle, this.core.outside.now()))
      return [errorOf(causes.rejectedForSecurity)];
    const items = Math.min(mostItems, find(message, 'items')?.items ?? mostItems);
    const elements = this.core.handlespace.resolve(handle, Math.max(1, items));
    return elements ? [policyOf(elements[0]!), ...elements.map(offered)] : [errorOf(causes.unknownPoolHandle)];
  }

  #report(association: number, message: AsapMessage): void {
    const element = this.#elementOf(message);
    if (!element || !this.#reports.permits(association, subjectOf(element), this.core.outside.now())) return;
    this.core.counts.failureReports += 1;
    element.reports += 1;
    const { maxBadPeReports } = this.core.options.parameters;
    if (maxBadPeReports === null || element.reports < maxBadPeReports) return;
    this.core.outside.log(`${element.reports} failure reports about ${element.pool}/${hex(element.identifier)}`);
    this.events.removed(element);
  }

  #elementOf(message: AsapMessage): Element | undefined {
    const [pool, identifier] = [find(message, 'poolHandle'), find(message, 'elementIdentifier')];
    return pool && identifier && this.core.handlespace.get(pool.handle, identifier.identifier);
  }

  #answer(association: number, type: number, flags: number, parameters: readonly Parameter[]): void {
    this.core.outside.asap.send(association, encode({ type, flags, registrar: null, parameters }));
  }
}

const subjectOf = ({ pool, identifier }: Element): string => `${pool}/${identifier}`;

const errorOf = (code: number): Parameter => ({ kind: 'error', causes: [{ code, bytes: '' }] });

function unrecognized(code: number, parameters: readonly { number: number; bytes: string }[]): Parameter {
  const causes = parameters.map(({ number, bytes }) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(number, 0);
    head.writeUInt16BE(4 + bytes.length / 2, 2);
    return { code, bytes: head.toString('hex') + bytes };
  });
  return { kind: 'error', causes: causes.length > 0 ? causes : [{ code, bytes: '' }] };
}

/** Peers need to know where an element hears ASAP: on the association on which it registered. */
function withAsapTransport(element: ParameterOf<'poolElement'>, from: SocketAddress): Parameter[] {
  const user = element.parameters.find(isTransport);
  const policy = find(element, 'policy');
  const others = (user ? addressesIn(user) : []).filter((it) => it !== from.address);
  const heard = [from.address, ...others].map((address): Parameter => ({ kind: 'ipv4Address', address }));
  const asap: Parameter = { kind: 'sctpTransport', port: from.port, use: 0, parameters: heard };
  return [...(user ? [user] : []), ...(policy ? [policy] : []), asap];
}

/** As users are told of it: without where it hears ASAP. */
const offered = ({ parameter }: Element): Parameter => ({
  ...parameter,
  parameters: [parameter.parameters.find(isTransport)!, find(parameter, 'policy')!],
});

const policyOf = ({ parameter }: Element): Parameter => find(parameter, 'policy')!;
