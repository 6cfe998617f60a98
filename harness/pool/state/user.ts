/** State sharing at a pool user: keeps the latest cookies of a session, and fills in what it can know without them. */
import { badInput } from '../../base/errors.js';
import { belongsTo, type Cookie, clearPartsOf, parseCookie } from './cookie.js';
import { encodeEcho } from './echo.js';
import { Refusal } from './refusal.js';
import type { Encoded, Parts, Schema, StateOf } from './schema.js';

export interface UserOptions<P extends Parts, M> {
  readonly schema: Schema<P>;
  /** What a message of the application says about a public part; undefined when nothing. */
  readonly derive?: { readonly [N in keyof P]?: (message: M) => StateOf<P>[N] | undefined };
}

/** The state of one session. A user has no key: it cannot tell a cookie that an element will not believe. */
export class UserState<P extends Parts, M = never> {
  /** Cookies that were no use: not in this format, or partial ones whose full one never came. */
  ignored = 0;
  readonly #options: UserOptions<P, M>;
  #full: { readonly cookie: Cookie; readonly bytes: Buffer; readonly parts: Encoded } | null = null;
  #partial: { readonly bytes: Buffer; readonly parts: Encoded } | null = null;
  #own: Partial<StateOf<P>> = {};

  /** @throws HarnessError `bad-input` for deriving what is not derived by the schema */
  constructor(options: UserOptions<P, M>) {
    this.#options = options;
    const { schema, derive = {} } = options;
    const wrong = Object.keys(derive).find((name) => !schema.parts.some((part) => part.name === name && part.derived));
    if (wrong) throw badInput(`state ${schema.name}.${wrong}: expected a part that is derived`);
  }

  /** Keeps a cookie instead of those that it replaces. */
  take(bytes: Buffer): 'full' | 'partial' | 'ignored' {
    try {
      const cookie = parseCookie(bytes);
      const parts = clearPartsOf(this.#options.schema, cookie);
      // What is stored must not be decoded first when it is needed.
      this.#options.schema.decode(parts);
      if (cookie.kind === 'full') {
        this.#full = { cookie, bytes: Buffer.from(bytes), parts };
        this.#partial = null;
        // It was made later than what the user filled in.
        this.#own = {};
        return 'full';
      }
      if (!this.#full || !belongsTo(cookie, this.#full.cookie)) throw new Refusal('unmatched');
      this.#partial = { bytes: Buffer.from(bytes), parts };
      return 'partial';
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.ignored++;
      return 'ignored';
    }
  }

  /** State derivation: what the application's own message says about the state. */
  hear(message: M): void {
    for (const [name, derive] of Object.entries(this.#options.derive ?? {})) {
      const value = (derive as (message: M) => StateOf<P>[keyof P] | undefined)(message);
      if (value !== undefined) this.#own = { ...this.#own, [name]: value };
    }
  }

  /** @throws HarnessError `bad-input` for a part that is not public */
  write<N extends keyof P & string>(name: N, value: StateOf<P>[N]): void {
    const { schema } = this.#options;
    const access = schema.parts[schema.numberOf(name)]?.access;
    if (access !== 'public') throw badInput(`state ${schema.name}.${name}: expected a public part, got ${access}`);
    this.#own = { ...this.#own, [name]: value };
  }

  /** The parts that a user may read, as far as it knows them. */
  read(): Partial<StateOf<P>> {
    const told = new Map([...(this.#full?.parts ?? []), ...(this.#partial?.parts ?? [])]);
    return { ...this.#options.schema.decode(told), ...this.#own };
  }

  /** What the next element needs to go on; null before the first full cookie has come. */
  echo(): Buffer | null {
    if (!this.#full) return null;
    return encodeEcho(this.#full.bytes, this.#partial?.bytes ?? null, this.#options.schema.encode(this.#own));
  }
}
