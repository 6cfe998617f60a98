/**
 * Sessions of clients that know nothing of RSerPool: a state cookie (`pool/state/`) in an HTTP cookie says which
 * element serves a client, and carries what the server behind it wants to have kept. A server hands out its state in
 * the header field `RSerPool-State` of an answer (base64url), and finds it there in the client's later requests,
 * whichever element they come to. The client can neither read nor change it.
 */
import { randomBytes } from 'node:crypto';
import { badInput } from '../../base/errors.js';
import { encodeEcho } from '../state/echo.js';
import { ElementStates } from '../state/element.js';
import type { PoolKeys } from '../state/keys.js';
import type { RefusalReason } from '../state/refusal.js';
import { bytes, type Schema, stateSchema, unsigned } from '../state/schema.js';
import { endToEnd, type Fields, valuesOf } from './headers.js';

export const stateField = 'RSerPool-State';
const cookieName = 'rserpool-state';
/** What browsers keep at least (RFC 6265, section 6.1). */
const mostCookieBytes = 4096;
/** Of a server's state: in base64, sealed and with attributes it still fits into a cookie. */
export const mostStateBytes = 2800;
/** A browser sends several requests at once, all with the cookie it has by then. */
const rollback = 64;

const schema = stateSchema('web', {
  element: unsigned({ lifetime: 'longTerm', access: 'immutable' }),
  application: bytes({ lifetime: 'shortTerm', access: 'private' }),
});
type WebParts = typeof schema extends Schema<infer P> ? P : never;

export interface WebSession {
  readonly session: string;
  /** Which element serves it; null for a new one. */
  readonly element: number | null;
  readonly application: Buffer;
}

export interface StickyOptions {
  readonly pool: string;
  readonly keys: PoolKeys;
  readonly clock: { now(): number };
  /** How long a session lives without being renewed, seconds. @defaultValue 3600 */
  readonly maximumAge?: number;
}

export class StickySessions {
  readonly #states: ElementStates<WebParts>;
  readonly #maximumAge: number;

  constructor({ maximumAge = 3600, ...options }: StickyOptions) {
    this.#maximumAge = maximumAge;
    this.#states = new ElementStates({ schema, ...options, maximumAge, rollback, splitting: false });
  }

  /** Cookies that were not believed, by reason. */
  get refusals(): Readonly<Record<RefusalReason, number>> {
    return this.#states.refusals;
  }

  /** The session of a request; a new one when it has none that is to be believed. */
  read(headers: Fields): WebSession {
    const anew = { session: randomBytes(12).toString('base64url'), element: null, application: Buffer.alloc(0) };
    const value = cookiesIn(headers).find(({ name }) => name === cookieName)?.value;
    if (value === undefined) return anew;
    const [session = '', text = ''] = value.length > mostCookieBytes ? [] : value.split('.');
    const result = this.#states.resume(session, Buffer.from(text, 'base64url'));
    return result.resumed ? { session, ...result.state } : anew;
  }

  /** What the server is to see: its own state and cookies, and nothing that a client says about either. */
  inward(headers: Fields, { application }: WebSession): string[] {
    const others = cookiesIn(headers).filter(({ name }) => name !== cookieName);
    const cookies = others.length > 0 ? ['Cookie', others.map(({ pair }) => pair).join('; ')] : [];
    const state = application.length > 0 ? [stateField, application.toString('base64url')] : [];
    return [...endToEnd(headers, ['cookie', stateField.toLowerCase()]), ...cookies, ...state];
  }

  /**
   * What the client is to see of an answer of this element.
   * @throws HarnessError `bad-input` for a state that is too large
   */
  outward(headers: Fields, session: WebSession, element: number): string[] {
    const [text] = valuesOf(headers, stateField.toLowerCase());
    const application = text === undefined ? session.application : Buffer.from(text, 'base64url');
    if (application.length > mostStateBytes)
      throw badInput(`${stateField}: expected a state of at most ${mostStateBytes} bytes, got ${application.length}`);
    const cookie = this.#states.checkpoint(session.session, { element, application });
    return [...endToEnd(headers, [stateField.toLowerCase()]), ...(cookie ? this.#setCookie(session, cookie) : [])];
  }

  #setCookie({ session }: WebSession, cookie: Buffer): string[] {
    const value = `${session}.${encodeEcho(cookie, null, new Map()).toString('base64url')}`;
    return ['Set-Cookie', `${cookieName}=${value}; Max-Age=${this.#maximumAge}; Path=/; HttpOnly; SameSite=Lax`];
  }
}

/** RFC 6265, section 4.2.1. */
const cookiesIn = (headers: Fields): { name: string; value: string; pair: string }[] =>
  valuesOf(headers, 'cookie')
    .flatMap((value) => value.split(';'))
    .map((text) => text.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return { name: at < 0 ? '' : pair.slice(0, at), value: pair.slice(at + 1), pair };
    });
