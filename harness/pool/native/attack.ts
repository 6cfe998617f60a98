/** What each attack says and how it takes the answers: messages in, messages out, without a network or a clock. */
import type { AttackName } from '../../experiment/attacker.js';
import { type AsapMessage, asapTypes, find, type Parameter, type ParameterOf } from './asap.js';

export interface AttackOptions {
  readonly attack: Exclude<AttackName, 'malformedMessages'>;
  readonly pool: string;
  readonly fakeElements: number;
  /** Where elements that do not exist say they are. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Identifier of the first one; the others follow. */
  readonly firstIdentifier: number;
}

/** What an answer means to the attacker: what it asked for, a refusal, or nothing that concerns the attack. */
export type Answer = 'accepted' | 'rejected' | 'other';

export interface Attack {
  /** The next message of the attack; null while it does not know enough. */
  next(): AsapMessage | null;
  /** What it wants to know from time to time; null when nothing. */
  question(): AsapMessage | null;
  hear(message: AsapMessage): Answer;
}

export const attackOf = (options: AttackOptions): Attack =>
  ({
    falseFailureReports: () => new FalseFailureReports(options.pool),
    handleResolutionFlood: () => new HandleResolutionFlood(options.pool),
    registrationFlood: () => new RegistrationFlood(options),
  })[options.attack]();

/** A registrar that asks whether a registered element lives is told so (RFC 5352, section 2.2.8). */
export function keepAliveAnswer(message: AsapMessage): AsapMessage | null {
  if (message.type !== asapTypes.endpointKeepAlive) return null;
  return { type: asapTypes.endpointKeepAliveAck, flags: 0, registrar: null, parameters: message.parameters };
}

class HandleResolutionFlood implements Attack {
  readonly #message: AsapMessage;

  constructor(pool: string) {
    this.#message = handleResolution(pool, 1);
  }

  next = (): AsapMessage => this.#message;
  question = (): null => null;

  hear(message: AsapMessage): Answer {
    if (message.type !== asapTypes.handleResolutionResponse) return 'other';
    return find(message, 'poolElement') ? 'accepted' : 'rejected';
  }
}

/** Failure reports (RFC 5352, section 2.2.9) have no answers: what they do shows in the handlespace. */
class FalseFailureReports implements Attack {
  readonly #victims: number[] = [];
  #turn = 0;

  constructor(private readonly pool: string) {}

  next(): AsapMessage | null {
    if (this.#victims.length === 0) return null;
    const identifier = this.#victims[this.#turn++ % this.#victims.length]!;
    return {
      type: asapTypes.endpointUnreachable,
      flags: 0,
      registrar: null,
      parameters: [handleOf(this.pool), { kind: 'elementIdentifier', identifier }],
    };
  }

  question = (): AsapMessage => handleResolution(this.pool, mostItems);

  hear(message: AsapMessage): Answer {
    if (message.type === asapTypes.handleResolutionResponse) {
      // Those that are offered no more may come back, and are told on all the same.
      for (const { identifier } of elementsIn(message))
        if (!this.#victims.includes(identifier)) this.#victims.push(identifier);
      if (this.#victims.length > mostVictims) this.#victims.shift();
    }
    return 'other';
  }
}

/** Of all elements ever offered, those that are told on: a pool whose elements change must not fill the memory. */
const mostVictims = 1000;
/** As many elements as a registrar is willing to name. */
const mostItems = 128;

class RegistrationFlood implements Attack {
  #policy: ParameterOf<'policy'> | undefined;
  #turn = 0;

  constructor(private readonly options: AttackOptions) {}

  /** It registers as the pool's elements do, for a registrar refuses another policy than the pool's. */
  question = (): AsapMessage | null => (this.#policy ? null : handleResolution(this.options.pool, 1));

  next(): AsapMessage | null {
    if (!this.#policy) return null;
    const { pool, fakeElements, firstIdentifier } = this.options;
    const identifier = (firstIdentifier + (this.#turn++ % fakeElements)) >>> 0;
    return {
      type: asapTypes.registration,
      flags: 0,
      registrar: null,
      parameters: [handleOf(pool), this.#element(identifier, unloaded(this.#policy))],
    };
  }

  hear(message: AsapMessage): Answer {
    if (message.type === asapTypes.handleResolutionResponse)
      this.#policy ??= find(message, 'policy') ?? policyIn(message);
    if (message.type !== asapTypes.registrationResponse) return 'other';
    return (message.flags & rejectFlag) === 0 ? 'accepted' : 'rejected';
  }

  #element(identifier: number, policy: Parameter): Parameter {
    const { addresses, port } = this.options;
    const transport: Parameter = {
      kind: 'sctpTransport',
      port,
      use: 1,
      parameters: addresses.map((address) => ({ kind: 'ipv4Address', address })),
    };
    return { kind: 'poolElement', identifier, registrar: 0, registrationLife, parameters: [transport, policy] };
  }
}

/** RFC 5352, section 2.2.3: the R flag says that a registration was refused. */
const rejectFlag = 0x01;
/** Milliseconds. */
const registrationLife = 300_000;
/** RFC 5356: policies that follow the elements' load have this bit, and the load as their first value. */
const adaptive = 0x4000_0000;

/** An element without load is what adaptive policies choose first. */
const unloaded = ({ kind, policy, values }: ParameterOf<'policy'>): Parameter => ({
  kind,
  policy,
  values: policy >= adaptive ? values.map((value, at) => (at === 0 ? 0 : value)) : values,
});

const elementsIn = ({ parameters }: AsapMessage) => parameters.filter((it) => it.kind === 'poolElement');

const policyIn = (message: AsapMessage) => {
  const element = find(message, 'poolElement');
  return element && find(element, 'policy');
};

const handleOf = (pool: string): Parameter => ({ kind: 'poolHandle', handle: pool });

const handleResolution = (pool: string, items: number): AsapMessage => ({
  type: asapTypes.handleResolution,
  flags: 0,
  registrar: null,
  parameters: [handleOf(pool), { kind: 'items', items }],
});
