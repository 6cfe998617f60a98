/** Numbers and parts as bytes: numbers in groups of seven bits, the lowest first, in their shortest form only. */
import { Refusal } from './refusal.js';
import type { Encoded } from './schema.js';

/** @param value a whole number from 0 to 2^53 − 1 */
export function unsignedBytes(value: number): Buffer {
  const groups = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) groups.push(rest % 128);
  return Buffer.from(groups.map((group, at) => (at < groups.length - 1 ? group | 0x80 : group)));
}

/** @throws Refusal `malformed` unless the bytes are one number */
export function unsignedOf(bytes: Buffer): number {
  const reader = new Reader(bytes);
  const value = reader.unsigned();
  reader.end();
  return value;
}

/** Takes bytes from the front; refuses as `malformed` what goes beyond the end. */
export class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  take(length: number): Buffer {
    if (length < 0 || length > this.left) throw new Refusal('malformed');
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const group = this.byte();
      value += (group & 0x7f) * scale;
      // Another way to write the same number would let two cookies with the same meaning differ.
      if (!Number.isSafeInteger(value) || (group === 0 && scale > 1)) throw new Refusal('malformed');
      if (group < 0x80) return value;
    }
  }

  /** What has its length in front. */
  counted(): Buffer {
    return this.take(this.unsigned());
  }

  end(): void {
    if (this.left > 0) throw new Refusal('malformed');
  }
}

/** With its length in front. */
export const counted = (bytes: Buffer): Buffer => Buffer.concat([unsignedBytes(bytes.length), bytes]);

/** Each part is its number, its length and its value, in order of the numbers. */
export const encodeParts = (parts: Encoded): Buffer =>
  Buffer.concat([...parts].sort(([a], [b]) => a - b).flatMap(([number, value]) => [Buffer.of(number), counted(value)]));

/**
 * @param isAllowed whether a part of this number may be here
 * @throws Refusal `malformed` for other parts, or parts out of order
 */
export function decodeParts(bytes: Buffer, isAllowed: (number: number) => boolean): Map<number, Buffer> {
  const parts = new Map<number, Buffer>();
  const reader = new Reader(bytes);
  for (let last = -1; reader.left > 0; ) {
    const number = reader.byte();
    if (number <= last || !isAllowed(number)) throw new Refusal('malformed');
    parts.set(number, reader.counted());
    last = number;
  }
  return parts;
}
