/**
 * What makes a cookie one that only an element of the pool can have made. With private parts that is AES-256-GCM, which
 * encrypts them and authenticates all; without any it is HMAC-SHA-256, which needs no nonce: twelve bytes less.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { Reader } from './bytes.js';
import { type PoolKey, sessionKey } from './keys.js';
import { Refusal } from './refusal.js';

/** Bytes. An HMAC is cut to half its length, as RFC 2104, section 5, allows. */
export const tagLength = 16;
export const nonceLength = 12;

export interface Sealing {
  readonly key: PoolKey;
  /** Pool and session. */
  readonly binding: Buffer;
  /** All that is authenticated and not encrypted, without the binding, which always is. */
  readonly associated: Buffer;
}

/** @returns with private parts nonce, ciphertext and tag; otherwise the tag alone */
export function seal(sealing: Sealing, secret: Buffer | null, nonce: () => Buffer): Buffer {
  if (secret === null) return signature(sealing);
  const iv = nonce();
  const cipher = createCipheriv('aes-256-gcm', sessionKey(sealing.key, 'encrypt', sealing.binding), iv);
  cipher.setAAD(Buffer.concat([sealing.binding, sealing.associated]));
  return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

/**
 * @param sealed what {@link seal} returned
 * @returns the private parts; null where there are none
 * @throws Refusal `malformed` when it is too short, `tampered` when anything was changed
 */
export function unseal(sealing: Sealing, sealed: Buffer, isEncrypted: boolean): Buffer | null {
  const reader = new Reader(sealed);
  if (!isEncrypted) {
    const tag = reader.take(tagLength);
    reader.end();
    if (!timingSafeEqual(tag, signature(sealing))) throw new Refusal('tampered');
    return null;
  }
  const iv = reader.take(nonceLength);
  const secret = reader.take(reader.left - tagLength);
  const key = sessionKey(sealing.key, 'encrypt', sealing.binding);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength });
  decipher.setAAD(Buffer.concat([sealing.binding, sealing.associated]));
  decipher.setAuthTag(reader.take(tagLength));
  const opened = decipher.update(secret);
  try {
    decipher.final();
  } catch {
    throw new Refusal('tampered');
  }
  return opened;
}

const signature = ({ key, binding, associated }: Sealing): Buffer =>
  createHmac('sha256', sessionKey(key, 'sign', binding))
    .update(binding)
    .update(associated)
    .digest()
    .subarray(0, tagLength);
