/**
 * What a user hands to its new element (the cookie echo of RFC 5352, section 2.2.12): the latest full cookie, the
 * latest partial one that goes with it, and the public parts that the user has filled in itself. Cookies are merged by
 * laying them side by side: merged bytes would need a tag that only elements can make.
 */
import { counted, encodeParts, Reader } from './bytes.js';
import { Refusal } from './refusal.js';
import type { Encoded } from './schema.js';

/** A cookie parameter has 16 bits for its length, four bytes of which are its own header (RFC 5354, section 3). */
export const mostBytes = 0xffff - 4;

export interface Echo {
  readonly full: Buffer;
  /** Empty when there is none. */
  readonly partial: Buffer;
  /** Encoded parts; empty when the user has filled in none. */
  readonly own: Buffer;
}

export const encodeEcho = (full: Buffer, partial: Buffer | null, own: Encoded): Buffer =>
  Buffer.concat([counted(full), counted(partial ?? Buffer.alloc(0)), encodeParts(own)]);

/** @throws Refusal `malformed` */
export function decodeEcho(bytes: Buffer): Echo {
  if (bytes.length > mostBytes) throw new Refusal('malformed');
  const reader = new Reader(bytes);
  return { full: reader.counted(), partial: reader.counted(), own: reader.take(reader.left) };
}
