/**
 * Messages of ASAP, ENRP and CalcApp by the grammar of their RFCs, filled with what others stumble over: real names
 * beside boundaries of every field, parameters where they belong and where they do not.
 */
import type { Draws } from '../../../base/random.js';
import { type AsapMessage, asapFlags, asapTypes, encode } from '../asap.js';
import { calcAppTypes, encodeCalcApp, encodeCookie } from '../calcapp.js';
import { encodeEnrp, enrpTypes } from '../enrp.js';
import type { Parameter } from '../parameter.js';

/** What is real in the pool that is fuzzed, as far as it is known. */
export interface Known {
  readonly pool: string;
  /** Of elements and registrars. */
  readonly identifiers: number[];
  /** Requests of users. */
  readonly requests: number[];
  /** Of the fuzzer itself: whoever connects to them finds it. */
  readonly addresses: readonly string[];
  /** Under which the fuzzer takes part. */
  readonly own: number;
}

type Make = () => Parameter;

const boundaries = {
  octet: [0, 1, 0x7f, 0xff],
  short: [0, 1, 3, 4, 5, 0x7fff, 0x8000, 0xffff],
  word: [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff],
  size: [0, 1, 0xffff_ffff, Number.MAX_SAFE_INTEGER],
};
/** All that RFC 5356 and RSPLIB number, and numbers that nobody has given. */
const policies = [
  ...[0x1, 0x2, 0x3, 0x4, 0x5, 0x4000_0001, 0x4000_0002, 0x4000_0003, 0x4000_0004],
  ...[0xb000_1001, 0xb000_1002, 0xb000_1003, 0xb000_2001, 0xb000_2002, 0xb000_2003, 0xb000_2005, 0, 0x6, 0x4000_0005],
];
const deepestNest = 60;
const longestBlob = 20_000;

export class Grammar {
  constructor(
    private readonly random: Draws,
    private readonly known: Known,
  ) {}

  asap(): Buffer {
    const type = this.#type(Object.values(asapTypes));
    const hasRegistrar = type === asapTypes.endpointKeepAlive || type === asapTypes.serverAnnounce;
    const message: AsapMessage = {
      type,
      flags: this.#mostly(0, () => this.#octet()),
      registrar: hasRegistrar ? this.#identifier() : null,
      parameters: this.#parameters(this.#ofAsap(type)),
    };
    return encode(message);
  }

  enrp(): Buffer {
    const type = this.#type(Object.values(enrpTypes));
    const isTakeover = type >= enrpTypes.initTakeover && type <= enrpTypes.takeoverServer;
    return encodeEnrp({
      type,
      flags: this.#mostly(asapFlags.home, () => this.#octet()),
      sender: this.#mostly(this.known.own, () => this.#identifier()),
      receiver: this.#mostly(0, () => this.#identifier()),
      target: isTakeover ? this.#identifier() : null,
      action: type === enrpTypes.handleUpdate ? this.#mostly(this.random.below(2), () => this.#short()) : null,
      parameters: this.#parameters(this.#ofEnrp(type)),
    });
  }

  calcApp(): Buffer {
    const type = this.#type(Object.values(calcAppTypes));
    return encodeCalcApp({ type, flags: this.#mostly(0, () => this.#octet()), ...this.#job() });
  }

  /** A cookie of CalcApp's in ASAP's message for it, as elements give it to users and users to elements. */
  cookie(type: typeof asapTypes.cookie | typeof asapTypes.cookieEcho): Buffer {
    const bytes = this.#mostly(encodeCookie(this.#job()), () => this.#blob());
    return encode({ type, flags: 0, registrar: null, parameters: [{ kind: 'cookie', bytes }] });
  }

  #ofAsap(type: number): readonly Make[] {
    const [handle, identifier] = [() => this.#handle(), this.#identified];
    switch (type) {
      case asapTypes.registration:
        return [handle, () => this.#element()];
      case asapTypes.handleResolution:
        return [handle, () => ({ kind: 'items', items: this.#word() })];
      case asapTypes.handleResolutionResponse:
        return [handle, () => this.#policy(), () => this.#element(), () => this.#element()];
      case asapTypes.serverAnnounce:
        return [() => this.#transport()];
      case asapTypes.cookie:
      case asapTypes.cookieEcho:
        return [() => ({ kind: 'cookie', bytes: this.#blob() })];
      case asapTypes.businessCard:
        return [handle, identifier];
      case asapTypes.error:
        return [() => this.#error()];
      default:
        return [handle, identifier];
    }
  }

  #ofEnrp(type: number): readonly Make[] {
    switch (type) {
      case enrpTypes.presence:
        return [() => ({ kind: 'checksum', checksum: this.#short() }), () => this.#information()];
      case enrpTypes.handleTableResponse:
      case enrpTypes.handleUpdate:
        return [() => this.#handle(), () => this.#element()];
      case enrpTypes.listResponse:
        return [() => this.#information(), () => this.#information()];
      case enrpTypes.error:
        return [() => this.#error()];
      default:
        return [];
    }
  }

  /** Those that belong there, most of the time; else one too few, too many, in another order, or any. */
  #parameters(proper: readonly Make[]): Parameter[] {
    const made = () => proper.map((make) => make());
    switch (this.random.below(12)) {
      case 0:
        return made().slice(1);
      case 1:
        return [...made(), ...made()];
      case 2:
        return made().reverse();
      case 3:
        return Array.from({ length: this.random.below(5) }, () => this.#any(0));
      case 4:
        return [...made(), this.#any(0)];
      case 5:
        return [this.#nest()];
      default:
        return made();
    }
  }

  #any(depth: number): Parameter {
    const within = () => (depth > 2 ? [] : Array.from({ length: this.random.below(4) }, () => this.#any(depth + 1)));
    const kinds: readonly Make[] = [
      ...[() => this.#handle(), this.#identified, () => this.#element(), () => this.#transport()],
      ...[() => this.#policy(), () => this.#error(), () => this.#information(), () => this.#address()],
      () => ({ kind: 'cookie', bytes: this.#blob() }),
      () => ({ kind: 'checksum', checksum: this.#short() }),
      () => ({ kind: 'items', items: this.#word() }),
      // The two bits that say what to do with a parameter that nobody knows, and whatever else.
      () => ({ kind: 'other', number: this.#pick([0x10, 0x4010, 0x8010, 0xc010, this.#short()]), bytes: this.#blob() }),
      () => ({ kind: 'other', number: this.random.below(0x10), bytes: this.#blob() }),
      () => ({ kind: 'serverInformation', registrar: this.#identifier(), parameters: within() }),
      () => ({ kind: 'sctpTransport', port: this.#short(), use: this.#short(), parameters: within() }),
    ];
    return this.#pick(kinds)();
  }

  /** Far deeper than any message nests. */
  #nest(): Parameter {
    let parameter: Parameter = this.#address();
    for (let depth = this.random.below(deepestNest); depth > 0; depth--)
      parameter = { kind: 'sctpTransport', port: 1, use: 0, parameters: [parameter] };
    return parameter;
  }

  #handle(): Parameter {
    const { pool } = this.known;
    const long = 'p'.repeat(this.#pick([31, 32, 33, 64, 255, 4096]));
    const handle = this.#mostly(pool, () => this.#pick(['', `${pool}\0`, '%s%n%x', '../../x', long, 'FuzzPool']));
    if (this.random.below(20) > 0) return { kind: 'poolHandle', handle };
    return { kind: 'other', number: 0x9, bytes: this.#blob() };
  }

  readonly #identified = (): Parameter => ({ kind: 'elementIdentifier', identifier: this.#identifier() });

  #element(): Parameter {
    const optional = this.random.below(4) === 0 ? [this.#transport()] : [];
    const parameters = [this.#transport(), this.#policy(), ...optional];
    if (this.random.below(10) === 0) parameters.reverse();
    if (this.random.below(10) === 0) parameters.pop();
    return {
      kind: 'poolElement',
      identifier: this.#identifier(),
      registrar: this.#identifier(),
      registrationLife: this.#mostly(3000, () => this.#word()),
      parameters,
    };
  }

  #information(): Parameter {
    return { kind: 'serverInformation', registrar: this.#identifier(), parameters: [this.#transport()] };
  }

  #transport(): Parameter {
    const [port, use] = [this.#mostly(3863, () => this.#short()), this.#mostly(1, () => this.#short())];
    const many = this.#pick([1, 1, 1, 2, 0, 100]);
    const parameters = Array.from({ length: many }, () => this.#address());
    const kind = this.#mostly('sctpTransport' as const, () =>
      this.#pick(['tcpTransport', 'udpTransport', 'udpLiteTransport'] as const),
    );
    return this.random.below(20) === 0
      ? { kind: 'dccpTransport', port, use, service: this.#word(), parameters }
      : { kind, port, use, parameters };
  }

  #address(): Parameter {
    const odd = ['0.0.0.0', '255.255.255.255', '127.0.0.1', '239.0.0.50', '10.1.255.254'];
    if (this.random.below(10) === 0)
      return { kind: 'ipv6Address', address: this.#pick(['::', '::1', 'fe80::1', 'ff02::1']) };
    return {
      kind: 'ipv4Address',
      address: this.#mostly(this.#pick(this.known.addresses), () => this.#pick(odd)),
    };
  }

  #policy(): Parameter {
    const values = Array.from({ length: this.#pick([0, 1, 1, 2, 3, 40]) }, () => this.#word());
    return { kind: 'policy', policy: this.#pick([...policies, 0x4000_0001, 0x4000_0001, this.#word()]), values };
  }

  #error(): Parameter {
    const causes = Array.from({ length: this.random.below(4) }, () => ({ code: this.#short(), bytes: this.#blob() }));
    return { kind: 'error', causes };
  }

  #job() {
    const job = this.#pick([...this.known.requests, 1, this.#word()]);
    const number = () => this.#mostly(this.random.below(10_000_000), () => this.#pick(boundaries.size));
    return { job, size: number(), completed: number() };
  }

  /** Hexadecimal digits; mostly few. */
  #blob(): string {
    const length = this.#mostly(this.random.below(40), () => this.random.below(longestBlob));
    return Array.from({ length }, () => this.random.below(256).toString(16).padStart(2, '0')).join('');
  }

  #type(types: readonly number[]): number {
    return this.#mostly(this.#pick(types), () => this.#octet());
  }

  #identifier(): number {
    return this.#pick([this.known.own, ...this.known.identifiers, ...this.known.identifiers, this.#word()]);
  }

  #octet = (): number => this.#pick([...boundaries.octet, this.random.below(0x100)]);
  #short = (): number => this.#pick([...boundaries.short, this.random.below(0x1_0000)]);
  #word = (): number => this.#pick([...boundaries.word, this.random.below(2 ** 32)]);

  #pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  /** Nine times of ten, the usual. */
  #mostly<T>(usual: T, else_: () => T): T {
    return this.random.below(10) > 0 ? usual : else_();
  }
}
