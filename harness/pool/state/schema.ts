/**
 * What the state of a session consists of (the paper, section 5.2.2): parts that stay or change often, and that a user
 * may modify, only read, or not even read. Elements and users share a schema; cookies carry numbers, not names.
 */
import { createHash } from 'node:crypto';
import { show } from '../../base/check.js';
import { badInput } from '../../base/errors.js';
import { unsignedBytes, unsignedOf } from './bytes.js';
import { Refusal } from './refusal.js';

interface PartValues {
  bytes: Buffer;
  text: string;
  /** A whole number from 0 to 2^53 − 1. */
  unsigned: number;
}

export interface Part<K extends keyof PartValues = keyof PartValues> {
  readonly kind: K;
  /** What hardly ever changes travels in full cookies only. */
  readonly lifetime: 'longTerm' | 'shortTerm';
  /** Public parts may be read and modified by a user, immutable ones only read, private ones are encrypted. */
  readonly access: 'public' | 'immutable' | 'private';
  /** Whether the user knows it from the application's own messages, so that no cookie needs to tell it again. */
  readonly derived: boolean;
}

export type Parts = Readonly<Record<string, Part>>;
export type StateOf<P extends Parts> = { readonly [N in keyof P]: PartValues[P[N]['kind']] };

type PartOptions = Pick<Part, 'lifetime' | 'access'> & Partial<Pick<Part, 'derived'>>;
const partOf =
  <K extends keyof PartValues>(kind: K) =>
  ({ derived = false, ...options }: PartOptions): Part<K> => ({ kind, derived, ...options });

export const bytes = partOf('bytes');
export const text = partOf('text');
export const unsigned = partOf('unsigned');

/** Values as bytes, by the number of their part. */
export type Encoded = ReadonlyMap<number, Buffer>;

export interface Schema<P extends Parts = Parts> {
  readonly name: string;
  readonly parts: readonly (Part & { readonly name: string & keyof P })[];
  /** Of name and parts; the first four bytes travel with full cookies. */
  readonly fingerprint: Buffer;
  /** @throws HarnessError `bad-input` for a value that its part cannot have */
  encode(state: Partial<StateOf<P>>): Encoded;
  /** @throws Refusal `malformed` for bytes that are no such value */
  decode(encoded: Encoded): Partial<StateOf<P>>;
  numberOf(part: keyof P): number;
}

/** Parts are told apart by one byte. */
const mostParts = 255;

/** @throws HarnessError `bad-input` for no parts, too many, or derived ones that a user could not fill in */
export function stateSchema<const P extends Parts>(name: string, definition: P): Schema<P> {
  const parts = Object.entries(definition).map(([part, rest]) => ({ name: part as string & keyof P, ...rest }));
  if (parts.length === 0 || parts.length > mostParts)
    throw badInput(`state ${name}: expected 1 to ${mostParts} parts, got ${parts.length}`);
  const wrong = parts.find(
    ({ derived, lifetime, access }) => derived && !(lifetime === 'shortTerm' && access === 'public'),
  );
  if (wrong) {
    const got = `${wrong.lifetime}, ${wrong.access}`;
    throw badInput(`state ${name}.${wrong.name}: expected a derived part to be shortTerm and public, got ${got}`);
  }
  const numbers = new Map(parts.map((part, number) => [part.name as keyof P, number]));
  return {
    name,
    parts,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([name, parts]))
      .digest(),
    numberOf: (part) => numbers.get(part)!,
    encode(state) {
      const given = parts.flatMap((part, number): [number, Buffer][] => {
        const value = ownOf(state, part.name);
        return value === undefined ? [] : [[number, encodeValue(`state ${name}.${part.name}`, part, value)]];
      });
      return new Map(given);
    },
    decode: (encoded) =>
      Object.fromEntries(
        [...encoded].map(([number, value]) => [parts[number]!.name, decodeValue(parts[number]!, value)]),
      ) as Partial<StateOf<P>>,
  };
}

/** Parts may be called `toString` as well. */
export const ownOf = <T extends object, N extends keyof T>(object: T, name: N): T[N] | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

function encodeValue(where: string, { kind }: Part, value: unknown): Buffer {
  if (kind === 'bytes' && Buffer.isBuffer(value)) return value;
  if (kind === 'text' && typeof value === 'string' && isText(value)) return Buffer.from(value);
  if (kind === 'unsigned' && Number.isSafeInteger(value) && (value as number) >= 0)
    return unsignedBytes(value as number);
  throw badInput(`${where}: expected ${expected[kind]}, got ${show(value)}`);
}

/** Half a character has no bytes. */
const isText = (value: string): boolean => Buffer.from(value).toString() === value;

const expected = { bytes: 'a Buffer', text: 'text', unsigned: 'a whole number from 0 to 2^53 − 1' } as const;

function decodeValue({ kind }: Part, value: Buffer): PartValues[keyof PartValues] {
  if (kind === 'bytes') return Buffer.from(value);
  return kind === 'text' ? textOf(value) : unsignedOf(value);
}

function textOf(value: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw new Refusal('malformed');
  }
}
