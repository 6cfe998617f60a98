/** State sharing at a pool element: when a session needs another cookie, and what an echoed one is worth. */
import { randomBytes } from 'node:crypto';
import { badInput } from '../../base/errors.js';
import { decodeParts } from './bytes.js';
import { type Cookie, openCookie, parseCookie, sealCookie } from './cookie.js';
import { decodeEcho, mostBytes } from './echo.js';
import { bindingOf, type PoolKeys } from './keys.js';
import { Refusal, type RefusalReason, refusalReasons } from './refusal.js';
import { type Encoded, ownOf, type Parts, type Schema, type StateOf } from './schema.js';
import { nonceLength } from './seal.js';

/** What a user says about a part: the element decides what it takes for it. */
export interface Claim<P extends Parts, N extends keyof P> {
  readonly value: StateOf<P>[N];
  /** What the cookies say, which an element has sealed. */
  readonly attested: StateOf<P>;
}

export interface ElementOptions<P extends Parts> {
  readonly schema: Schema<P>;
  /** The pool handle. */
  readonly pool: string;
  readonly keys: PoolKeys;
  readonly clock: { now(): number };
  /**
   * Cookies older than this are refused, seconds; after half of it a session gets a new full one.
   * @defaultValue 3600
   */
  readonly maximumAge?: number;
  /**
   * How many cookies a session may go back behind the latest that this element knows of it. One, because the latest may
   * have been lost with the association. An element that does not know the session cannot notice: only `maximumAge`
   * bounds how far back it may be taken. @defaultValue 1
   */
  readonly rollback?: number;
  /** State splitting: what changed travels in partial cookies. @defaultValue true */
  readonly splitting?: boolean;
  /** State derivation: no cookie is made for parts that the user derives. @defaultValue true */
  readonly derivation?: boolean;
  /**
   * What to take for a public part that the user has filled in, e.g. cut to what is possible.
   * @defaultValue its value
   */
  readonly limits?: { readonly [N in keyof P]?: (claim: Claim<P, N>) => StateOf<P>[N] };
  /** How many sessions are remembered, the latest ones. @defaultValue 100000 */
  readonly sessions?: number;
  /** Twelve bytes, never the same twice. @defaultValue random ones */
  readonly nonce?: () => Buffer;
}

export type Resumption<P extends Parts> =
  | { readonly resumed: true; readonly state: StateOf<P>; readonly counter: number }
  /** The request is to be done anew. */
  | { readonly resumed: false; readonly reason: RefusalReason };

/** What is known of a session: its latest cookies. */
interface Known {
  readonly counter: number;
  readonly full: { readonly tag: Buffer; readonly issuedAt: number; readonly parts: Encoded };
  /** What the cookies say, the partial one laid over the full one. */
  readonly sent: Encoded;
}

/** How far ahead another element's clock may be, seconds. */
const skew = 60;

export class ElementStates<P extends Parts> {
  /** Echoes that were not believed, by reason. */
  readonly refusals: Record<RefusalReason, number>;
  readonly #options: Required<Omit<ElementOptions<P>, 'limits'>> & Pick<ElementOptions<P>, 'limits'>;
  /** In order of use. */
  readonly #known = new Map<string, Known>();

  constructor(options: ElementOptions<P>) {
    this.#options = {
      ...{ maximumAge: 3600, rollback: 1, splitting: true, derivation: true, sessions: 100_000 },
      nonce: () => randomBytes(nonceLength),
      ...options,
    };
    this.refusals = Object.fromEntries(refusalReasons.map((reason) => [reason, 0])) as Record<RefusalReason, number>;
  }

  /**
   * @returns the cookie that the user needs to have this state; null when it has or derives all of it
   * @throws HarnessError `bad-input` for a state that fits into no cookie
   */
  checkpoint(session: string, state: StateOf<P>): Buffer | null {
    const { schema, keys, pool, clock, nonce } = this.#options;
    const parts = this.#encode(state);
    const known = this.#known.get(session);
    const issuedAt = Math.floor(clock.now());
    const changed = this.#changed(known, parts, issuedAt);
    if (changed === 'nothing') return null;
    const of = changed === 'all' ? null : known!.full.tag;
    const counter = (known?.counter ?? 0) + 1;
    const common = { key: keys.current, binding: bindingOf(pool, session), counter, issuedAt, nonce };
    const cookie = sealCookie(schema, { ...common, of, parts: changed === 'all' ? parts : changed });
    if (cookie.length > mostBytes)
      throw badInput(`state ${schema.name}: expected a cookie of at most ${mostBytes} bytes, got ${cookie.length}`);
    const full = changed === 'all' ? { tag: parseCookie(cookie).tag, issuedAt, parts } : known!.full;
    this.#remember(session, { counter, full, sent: changed === 'all' ? parts : new Map([...full.parts, ...changed]) });
    return cookie;
  }

  /** Believes an echo, or says why not; nothing that a user sends makes it throw. */
  resume(session: string, echo: Buffer): Resumption<P> {
    try {
      return this.#resume(session, echo);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusals[error.reason]++;
      return { resumed: false, reason: error.reason };
    }
  }

  /** A session that has ended. */
  forget(session: string): void {
    this.#known.delete(session);
  }

  #encode(state: StateOf<P>): Encoded {
    const { schema } = this.#options;
    const missing = schema.parts.find(({ name }) => ownOf(state, name) === undefined);
    if (missing) throw badInput(`state ${schema.name}.${missing.name}: expected a value, got nothing`);
    return schema.encode(state);
  }

  /** The parts for a partial cookie: those that are not as in the full one. */
  #changed(known: Known | undefined, parts: Encoded, now: number): Encoded | 'nothing' | 'all' {
    const { schema, splitting, derivation, maximumAge } = this.#options;
    if (!known || now - known.full.issuedAt > maximumAge / 2) return 'all';
    const told = [...parts].filter(([number]) => !(derivation && schema.parts[number]!.derived));
    const differ = (from: Encoded) => told.filter(([number, value]) => !from.get(number)?.equals(value));
    if (differ(known.sent).length === 0) return 'nothing';
    const changed = differ(known.full.parts);
    const isLongTerm = changed.some(([number]) => schema.parts[number]!.lifetime === 'longTerm');
    return isLongTerm || !splitting ? 'all' : new Map(changed);
  }

  #resume(session: string, bytes: Buffer): Resumption<P> {
    const { schema, keys, pool } = this.#options;
    const echo = decodeEcho(bytes);
    const opening = { find: keys.find, binding: bindingOf(pool, session) };
    const full = parseCookie(echo.full);
    const fullParts = openCookie(schema, full, { ...opening, of: null });
    if (fullParts.size < schema.parts.length) throw new Refusal('malformed');
    const partial = echo.partial.length === 0 ? null : parseCookie(echo.partial);
    const sent = new Map([...fullParts, ...(partial ? openCookie(schema, partial, { ...opening, of: full }) : [])]);
    const latest = partial ?? full;
    this.#checkTime(session, latest, full);
    const attested = schema.decode(sent) as StateOf<P>;
    const state = { ...attested, ...this.#limited(echo.own, attested) };
    const counter = Math.max(latest.counter, this.#known.get(session)?.counter ?? 0);
    this.#remember(session, { counter, full: { tag: full.tag, issuedAt: full.issuedAt, parts: fullParts }, sent });
    return { resumed: true, state, counter };
  }

  #checkTime(session: string, latest: Cookie, full: Cookie): void {
    const { clock, maximumAge, rollback } = this.#options;
    const age = clock.now() - latest.issuedAt;
    if (age > maximumAge || age < -skew) throw new Refusal('expired');
    const highest = this.#known.get(session)?.counter ?? 0;
    if (latest.counter < highest - rollback || latest.counter < full.counter) throw new Refusal('rolledBack');
  }

  /** What users fill in is nobody's word but theirs. */
  #limited(own: Buffer, attested: StateOf<P>): Partial<StateOf<P>> {
    const { schema } = this.#options;
    const limits: { readonly [N in keyof P]?: unknown } = this.#options.limits ?? {};
    const claims = schema.decode(decodeParts(own, (number) => schema.parts[number]?.access === 'public'));
    const taken = Object.entries(claims).map(([name, value]) => {
      const limit = ownOf(limits, name as keyof P) as ((claim: unknown) => unknown) | undefined;
      return [name, limit ? limit({ value, attested }) : value];
    });
    return Object.fromEntries(taken);
  }

  #remember(session: string, known: Known): void {
    this.#known.delete(session);
    this.#known.set(session, known);
    if (this.#known.size > this.#options.sessions) this.#known.delete(this.#known.keys().next().value!);
  }
}
