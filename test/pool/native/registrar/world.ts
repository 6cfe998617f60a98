import { randomFrom } from '../../../../harness/base/random.js';
import { type AsapMessage, asapTypes, decode, encode, find } from '../../../../harness/pool/native/asap.js';
import type { Endpoint, RegistrarParameters } from '../../../../harness/pool/native/registrar/core.js';
import { Registrar } from '../../../../harness/pool/native/registrar/registrar.js';

export const parameters: RegistrarParameters = {
  implementation: 'native',
  ...{ endpointKeepAliveInterval: 1, endpointKeepAliveTimeout: 1, maxBadPeReports: 3 },
  ...{ maxHandleResolutionRate: null, maxEndpointUnreachableRate: null },
  ...{ peerHeartbeatCycle: 1, peerMaxTimeLastHeard: 2, peerMaxTimeNoResponse: 2 },
  ...{ takeoverExpiryInterval: 5, mentorDiscoveryTimeout: 3 },
};

const never = Number.POSITIVE_INFINITY;

/** The first of those with the smallest value. */
function firstOf<T>(all: readonly T[], value: (it: T) => number): T | undefined {
  const least = Math.min(...all.map(value));
  return all.find((it) => value(it) === least);
}

interface Message {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly task: () => void;
}

/** Seconds that every message takes. */
const latency = 0.01;

interface Host {
  readonly address: string;
  heard(protocol: 'asap' | 'enrp', association: number, from: string, bytes: Buffer): void;
  over(protocol: 'asap' | 'enrp', association: number): void;
}

/** A network without a kernel, and a clock that jumps: registrars, and elements that do what RFC 5352 asks of them. */
export class World {
  now = 1000;
  readonly hosts = new Map<string, Host>();
  readonly registrars: RegistrarHost[] = [];
  /** Hosts that are cut off; what they send and are sent waits, as SCTP has it, until they are back. */
  readonly away = new Set<string>();
  readonly #queue: Message[] = [];
  #associations = 0;

  association = (): number => ++this.#associations;

  later(from: string, to: string, task: () => void): void {
    this.#queue.push({ at: this.now + latency, from, to, task });
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    const until = this.now + seconds;
    for (;;) {
      const message = firstOf(
        this.#queue.filter(({ from, to }) => !this.away.has(from) && !this.away.has(to)),
        (it) => it.at,
      );
      const registrar = firstOf(
        this.registrars.filter((it) => it.isRunning),
        (it) => it.registrar.nextAt,
      );
      const at = Math.min(message?.at ?? never, registrar?.registrar.nextAt ?? never);
      if (at > until) break;
      this.now = Math.max(this.now, at);
      if (message && message.at <= at) {
        this.#queue.splice(this.#queue.indexOf(message), 1);
        message.task();
      } else registrar!.registrar.tick();
    }
    this.now = until;
  }
}

/** A host that runs a registrar, through one life. */
export class RegistrarHost implements Host {
  readonly registrar: Registrar;
  readonly log: string[] = [];
  isRunning = true;
  isReady = false;
  readonly #ends = new Map<number, { host: string; protocol: 'asap' | 'enrp' }>();

  constructor(
    private readonly world: World,
    readonly address: string,
    readonly identifier: number,
    peers: readonly string[],
    overrides: Partial<RegistrarParameters> = {},
  ) {
    const channel = (protocol: 'asap' | 'enrp') => ({
      send: (association: number, bytes: Buffer) => this.#send(protocol, association, bytes),
      connect: ({ addresses }: Endpoint) => {
        const association = world.association();
        this.#ends.set(association, { host: addresses[0]!, protocol });
        return association;
      },
      abort: (association: number) => void this.#ends.delete(association),
    });
    this.registrar = new Registrar(
      {
        ...{ identifier, parameters: { ...parameters, ...overrides }, announces: false },
        enrp: { addresses: [address], port: 9901 },
        peers: peers.map((it) => ({ addresses: [it], port: 9901 })),
      },
      {
        ...{ now: () => world.now, asap: channel('asap'), enrp: channel('enrp'), announce: () => {} },
        log: (text) => void this.log.push(text),
        ready: () => {
          this.isReady = true;
        },
      },
      randomFrom(1),
    );
    world.hosts.set(address, this);
    world.registrars.push(this);
    this.registrar.start();
  }

  heard(protocol: 'asap' | 'enrp', association: number, from: string, bytes: Buffer): void {
    if (!this.isRunning) return;
    this.#ends.set(association, { host: from, protocol });
    const where = { address: from, port: protocol === 'asap' ? 4000 : 9901 };
    if (protocol === 'asap') this.registrar.heardAsap(association, where, bytes);
    else this.registrar.heardEnrp(association, where, bytes);
  }

  over(protocol: 'asap' | 'enrp', association: number): void {
    if (!this.isRunning) return;
    this.#ends.delete(association);
    if (protocol === 'asap') this.registrar.overAsap(association);
    else this.registrar.overEnrp(association);
  }

  /** The process is gone; whoever has an association with it is told by its kernel. */
  kill(): void {
    this.isRunning = false;
    for (const [association, { host, protocol }] of this.#ends)
      this.world.later(this.address, host, () => this.world.hosts.get(host)?.over(protocol, association));
    this.world.hosts.delete(this.address);
  }

  /** Stops without a word, and goes on as if nothing had been. */
  set isFrozen(frozen: boolean) {
    this.isRunning = !frozen;
  }

  /** Identifiers of the elements whose home it is, and of all. */
  get own(): number[] {
    return this.registrar.handlespace.elements(this.identifier).map((it) => it.identifier);
  }

  get all(): number[] {
    return this.registrar.handlespace
      .elements()
      .map((it) => it.identifier)
      .sort();
  }

  #send(protocol: 'asap' | 'enrp', association: number, bytes: Buffer): boolean {
    const end = this.#ends.get(association);
    if (!end) return false;
    this.world.later(this.address, end.host, () => {
      const host = this.world.hosts.get(end.host);
      if (host) host.heard(protocol, association, this.address, bytes);
      else this.world.later(end.host, this.address, () => this.over(protocol, association));
    });
    return true;
  }
}

/** An element that registers with one registrar and turns to whoever says that it is its home. */
export class ElementHost implements Host {
  readonly heardOf: AsapMessage[] = [];
  isSilent = false;
  home: { address: string; association: number };

  constructor(
    private readonly world: World,
    readonly address: string,
    readonly identifier: number,
    home: string,
    readonly policy = { policy: 0x1, values: [] as number[] },
  ) {
    this.home = { address: home, association: world.association() };
    world.hosts.set(address, this);
    this.register();
  }

  register(): void {
    this.say({
      ...{ type: asapTypes.registration, flags: 0, registrar: null },
      parameters: [
        { kind: 'poolHandle', handle: 'pool' },
        {
          ...{ kind: 'poolElement', identifier: this.identifier, registrar: 0, registrationLife: 300_000 },
          parameters: [
            {
              ...{ kind: 'sctpTransport', port: 4711, use: 1 },
              parameters: [{ kind: 'ipv4Address', address: this.address }],
            },
            { kind: 'policy', ...this.policy },
          ],
        },
      ],
    });
  }

  say(message: AsapMessage): void {
    const { address, association } = this.home;
    this.world.later(this.address, address, () =>
      this.world.hosts.get(address)?.heard('asap', association, this.address, encode(message)),
    );
  }

  heard(_: 'asap' | 'enrp', association: number, from: string, bytes: Buffer): void {
    const message = decode(bytes);
    this.heardOf.push(message);
    if (this.isSilent || message.type !== asapTypes.endpointKeepAlive) return;
    if (find(message, 'elementIdentifier')?.identifier !== this.identifier) return;
    if ((message.flags & 1) !== 0 && from !== this.home.address) {
      const old = this.home;
      this.home = { address: from, association };
      this.world.later(this.address, old.address, () =>
        this.world.hosts.get(old.address)?.over('asap', old.association),
      );
      this.register();
    }
    this.say({ type: asapTypes.endpointKeepAliveAck, flags: 0, registrar: null, parameters: message.parameters });
  }

  over(): void {}
}
