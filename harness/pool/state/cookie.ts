/**
 * State cookies as bytes: what is in them RFC 5352, section 2.2.11, leaves to the application. Behind an octet with
 * version and kind, all numbers in network order:
 *
 * | full cookie | bytes | partial cookie | bytes |
 * | --- | --- | --- | --- |
 * | key identifier | 2 | key identifier | 2 |
 * | fingerprint of the schema | 4 | tag of its full cookie, its first half | 8 |
 * | mark of pool and session | 8 | | |
 * | counter | 1 to 8 | counter | 1 to 8 |
 * | issued at, seconds since the epoch | 4 | issued at | 4 |
 * | public and immutable parts, counted | | those that changed | |
 * | nonce and private parts, if any | 12 + | the same | 12 + |
 * | tag | 16 | tag | 16 |
 *
 * Everything is authenticated, public parts as well: what a user makes of them travels beside the cookie, not in it.
 */
import { counted, decodeParts, encodeParts, Reader, unsignedBytes } from './bytes.js';
import type { PoolKey } from './keys.js';
import { Refusal } from './refusal.js';
import type { Encoded, Schema } from './schema.js';
import { seal, tagLength, unseal } from './seal.js';

const version = 1;
const partialFlag = 1;
const encryptedFlag = 2;
const markLength = 8;
const schemaLength = 4;

/** A cookie as anybody can read it; nothing of it is to be believed before {@link openCookie} has. */
export interface Cookie {
  readonly kind: 'full' | 'partial';
  readonly key: number;
  readonly counter: number;
  /** Whole seconds since the epoch. */
  readonly issuedAt: number;
  /** Of a full one. */
  readonly schema: Buffer;
  /** Of a full one: tells cookies of other pools and sessions from those that were changed. */
  readonly mark: Buffer;
  /** Of a partial one: which full one it goes with. */
  readonly of: Buffer;
  /** Public and immutable parts, encoded. */
  readonly clear: Buffer;
  readonly sealed: Buffer;
  readonly isEncrypted: boolean;
  /** All before {@link sealed}. */
  readonly head: Buffer;
  readonly tag: Buffer;
}

export interface Sealable {
  readonly key: PoolKey;
  readonly binding: Buffer;
  readonly counter: number;
  readonly issuedAt: number;
  readonly parts: Encoded;
  /** Tag of the full cookie that a partial one goes with; null for a full one. */
  readonly of: Buffer | null;
  readonly nonce: () => Buffer;
}

export function sealCookie(schema: Schema, { key, binding, counter, issuedAt, parts, of, nonce }: Sealable): Buffer {
  const isPrivate = (number: number) => schema.parts[number]!.access === 'private';
  const clear = new Map([...parts].filter(([number]) => !isPrivate(number)));
  const secret = new Map([...parts].filter(([number]) => isPrivate(number)));
  const kind = (version << 4) | (of === null ? 0 : partialFlag) | (secret.size === 0 ? 0 : encryptedFlag);
  const about = of === null ? [schema.fingerprint.subarray(0, schemaLength), markOf(binding)] : [halfOf(of)];
  const keyed = [Buffer.of(kind), number16(key.identifier), ...about, unsignedBytes(counter), number32(issuedAt)];
  const head = Buffer.concat([...keyed, counted(encodeParts(clear))]);
  const sealing = { key, binding, associated: associatedOf(head, schema, of) };
  return Buffer.concat([head, seal(sealing, secret.size === 0 ? null : encodeParts(secret), nonce)]);
}

/** @throws Refusal `malformed` or `version` */
export function parseCookie(bytes: Buffer): Cookie {
  const reader = new Reader(bytes);
  const kind = reader.byte();
  if (kind >> 4 !== version) throw new Refusal('version');
  if ((kind & 0xf & ~(partialFlag | encryptedFlag)) !== 0) throw new Refusal('malformed');
  const isPartial = (kind & partialFlag) !== 0;
  const cookie = {
    kind: isPartial ? ('partial' as const) : ('full' as const),
    key: reader.take(2).readUInt16BE(),
    schema: reader.take(isPartial ? 0 : schemaLength),
    mark: reader.take(isPartial ? 0 : markLength),
    of: reader.take(isPartial ? tagLength / 2 : 0),
    counter: reader.unsigned(),
    issuedAt: reader.take(4).readUInt32BE(),
    clear: reader.counted(),
    isEncrypted: (kind & encryptedFlag) !== 0,
  };
  const head = bytes.subarray(0, reader.at);
  const sealed = reader.take(reader.left);
  if (sealed.length < tagLength) throw new Refusal('malformed');
  return { ...cookie, head, sealed, tag: sealed.subarray(-tagLength) };
}

export interface Opening {
  readonly find: (key: number) => PoolKey | undefined;
  readonly binding: Buffer;
  /** The full cookie of a partial one, opened before; null for a full one. */
  readonly of: Cookie | null;
}

/**
 * @returns its parts, all of them believed
 * @throws Refusal for every cookie that no element of this pool made for this session
 */
export function openCookie(schema: Schema, cookie: Cookie, { find, binding, of }: Opening): Encoded {
  if ((cookie.kind === 'partial') !== (of !== null)) throw new Refusal('malformed');
  const key = find(cookie.key);
  if (!key) throw new Refusal('unknownKey');
  if (of && !cookie.of.equals(halfOf(of.tag))) throw new Refusal('unmatched');
  if (!of && !cookie.schema.equals(schema.fingerprint.subarray(0, schemaLength))) throw new Refusal('schema');
  if (!of && !cookie.mark.equals(markOf(binding))) throw new Refusal('foreign');
  const sealing = { key, binding, associated: associatedOf(cookie.head, schema, of?.tag ?? null) };
  const secret = unseal(sealing, cookie.sealed, cookie.isEncrypted);
  const isPrivate = (number: number) => schema.parts[number]?.access === 'private';
  const secretParts = secret === null ? [] : decodeParts(secret, isPrivate);
  return new Map([...clearPartsOf(schema, cookie), ...secretParts]);
}

/** @throws Refusal `malformed` for parts that are private or not of this schema */
export const clearPartsOf = (schema: Schema, { clear }: Cookie): Encoded =>
  decodeParts(clear, (number) => number < schema.parts.length && schema.parts[number]!.access !== 'private');

export const belongsTo = (partial: Cookie, full: Cookie): boolean => partial.of.equals(halfOf(full.tag));

/** A partial cookie has no schema of its own, and but half of the tag of the full one: both are authenticated whole. */
const associatedOf = (head: Buffer, { fingerprint }: Schema, of: Buffer | null): Buffer =>
  Buffer.concat([fingerprint, of ?? Buffer.alloc(0), head]);

const markOf = (binding: Buffer): Buffer => binding.subarray(0, markLength);
const halfOf = (tag: Buffer): Buffer => tag.subarray(0, tagLength / 2);

function number16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
