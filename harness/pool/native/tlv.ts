/**
 * Type, length, value: how messages and parameters of ASAP and ENRP are written (RFC 5354, section 3). The length says
 * where the value ends; the next parameter begins at a multiple of four.
 */
import { badInput } from '../../base/errors.js';

const longest = 0xffff;
const headerLength = 4;

/** Collects the bytes of one message; what it says of its length is filled in when it is complete. */
export class Writer {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  octet(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  short(value: number): void {
    const at = this.#room(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
  }

  word(value: number): void {
    const at = this.#room(4);
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  text(value: string, encoding: 'utf8' | 'hex'): void {
    // Longer than its bytes: a UTF-16 unit makes at most three.
    const at = this.#room(3 * value.length);
    this.#length = at + this.#bytes.write(value, at, encoding);
  }

  /** @throws HarnessError `bad-input` for a value that is longer than the length can say */
  parameter(number: number, value: () => void): void {
    const from = this.#length;
    this.short(number);
    this.short(0);
    value();
    this.#setLength(from);
    while (this.#length % 4 !== 0) this.octet(0);
  }

  /** @throws HarnessError `bad-input` for a message that is longer than the length can say */
  message(type: number, flags: number, body: () => void): Buffer {
    this.octet(type);
    this.octet(flags);
    this.short(0);
    body();
    this.#setLength(0);
    return this.#bytes.subarray(0, this.#length);
  }

  #setLength(from: number): void {
    const length = this.#length - from;
    if (length > longest) throw badInput(`RSerPool: expected at most ${longest} bytes, got ${length}`);
    this.#bytes.writeUInt16BE(length, from + 2);
  }

  /** @returns where the next bytes go */
  #room(length: number): number {
    const at = this.#length;
    this.#length = at + length;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.#length);
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}

/** Bytes to be read: nothing beyond `to` is looked at. */
export class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
    private readonly to: number,
  ) {}

  /** @throws HarnessError `bad-input` for bytes that are no message: too short, or of a length that does not fit */
  static ofMessage(protocol: string, bytes: Buffer): { type: number; flags: number; body: Reader } {
    const length = bytes.length < headerLength ? 0 : bytes.readUInt16BE(2);
    if (length < headerLength || length > bytes.length)
      throw badInput(`${protocol} message: expected at least its own length, got ${bytes.length} bytes`);
    return { type: bytes[0]!, flags: bytes[1]!, body: new Reader(bytes, headerLength, length) };
  }

  /** How many bytes are left. */
  get left(): number {
    return this.to - this.at;
  }

  short(): number {
    return this.bytes.readUInt16BE(this.#take(2));
  }

  word(): number {
    return this.bytes.readUInt32BE(this.#take(4));
  }

  /** All that is left. */
  rest(encoding: 'utf8' | 'hex'): string {
    const at = this.#take(this.left);
    return this.bytes.toString(encoding, at, this.to);
  }

  /** All that is left, as octets. */
  octets(): number[] {
    const at = this.#take(this.left);
    return [...this.bytes.subarray(at, this.to)];
  }

  /** The same bytes once more, from where this one is. */
  again(): Reader {
    return new Reader(this.bytes, this.at, this.to);
  }

  /** @throws HarnessError `bad-input` for a length that does not fit */
  parameter(): { number: number; value: Reader } {
    const { at, left } = this;
    const length = left < headerLength ? 0 : this.bytes.readUInt16BE(at + 2);
    if (length < headerLength || length > left)
      throw badInput(`RSerPool parameter: expected a length of 4 to ${left} at byte ${at}, got ${length}`);
    // The last one may come without its padding.
    this.at = Math.min(at + length + ((4 - (length % 4)) % 4), this.to);
    return { number: this.bytes.readUInt16BE(at), value: new Reader(this.bytes, at + headerLength, at + length) };
  }

  #take(length: number): number {
    const { at } = this;
    if (length > this.left) throw badInput(`RSerPool: expected ${length} bytes at byte ${at}, got ${this.left}`);
    this.at = at + length;
    return at;
  }
}
