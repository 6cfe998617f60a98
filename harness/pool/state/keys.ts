/** Pool keys: secrets that all elements of a pool share, and no user has. */
import { createHash, hkdfSync } from 'node:crypto';
import { badInput } from '../../base/errors.js';

/** Bytes; what AES-256 and HMAC-SHA-256 take. */
export const keyLength = 32;

export interface PoolKey {
  /** 0 to 65535; travels with each cookie. */
  readonly identifier: number;
  readonly secret: Buffer;
}

export interface PoolKeys {
  /** Seals new cookies. */
  readonly current: PoolKey;
  find(identifier: number): PoolKey | undefined;
}

/**
 * @param keys the first one seals; all of them open, so that a new key in front is a rotation and the old one is
 *   left out when its last cookie has expired
 * @throws HarnessError `bad-input` for no keys, keys of another size, or identifiers that are no 16 bits or used twice
 */
export function poolKeys(keys: readonly PoolKey[]): PoolKeys {
  const [current] = keys;
  if (!current) throw badInput('pool keys: expected at least one key, got none');
  const byIdentifier = new Map<number, PoolKey>();
  for (const key of keys) {
    const { identifier, secret } = key;
    if (!Number.isInteger(identifier) || identifier < 0 || identifier > 0xffff)
      throw badInput(`pool keys: expected identifiers from 0 to 65535, got ${identifier}`);
    if (byIdentifier.has(identifier))
      throw badInput(`pool keys: expected different identifiers, got ${identifier} twice`);
    if (secret.length !== keyLength)
      throw badInput(`pool key ${identifier}: expected ${keyLength} bytes, got ${secret.length}`);
    byIdentifier.set(identifier, key);
  }
  return { current, find: (identifier) => byIdentifier.get(identifier) };
}

/** What a cookie belongs to, as 32 bytes: the pool and the session, which no cookie can change. */
export function bindingOf(pool: string, session: string): Buffer {
  const hash = createHash('sha256');
  for (const name of [pool, session]) hash.update(`${Buffer.byteLength(name)}:`).update(name);
  return hash.digest();
}

/**
 * The key for one purpose within one session (HKDF, RFC 5869). Nonces are drawn, and are safe for 2^32 cookies under
 * one key (NIST SP 800-38D, section 8.3): a session has far fewer, a pool might not.
 */
export function sessionKey({ secret }: PoolKey, purpose: 'encrypt' | 'sign', binding: Buffer): Buffer {
  const info = Buffer.concat([Buffer.from(`rsplab state cookie 1 ${purpose} `), binding]);
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, keyLength));
}
