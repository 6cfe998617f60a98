/** What happens to a message's bytes on the way: lengths that lie, pieces that are missing, doubled or changed. */
import type { Draws } from '../../../base/random.js';

const longest = 0xffff;
const lengths = [0, 1, 3, 4, 5, 8, 0x7fff, 0xfffc, 0xffff];

/** Half of all messages are left as they are. @returns at least one byte, at most 65535 */
export function mutate(bytes: Buffer, random: Draws): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  const times = random.below(2) === 0 ? 0 : 1 + random.below(3);
  for (let count = 0; count < times; count++) changed = mutations[random.below(mutations.length)]!(changed, random);
  return changed.length === 0 ? Buffer.from([0]) : changed.subarray(0, longest);
}

type Mutation = (bytes: Buffer, random: Draws) => Buffer;

const mutations: readonly Mutation[] = [
  /** Cut off. */
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  /** Something behind it. */
  (bytes, random) => Buffer.concat([bytes, noise(1 + random.below(64), random)]),
  /** The message's own length. */
  (bytes, random) => withLength(bytes, 0, random),
  /** The length of one of its parameters. */
  (bytes, random) => {
    const heads = headsOf(bytes);
    return heads.length === 0 ? bytes : withLength(bytes, heads[random.below(heads.length)]!, random);
  },
  /** One octet. */
  (bytes, random) => {
    if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  /** A piece twice. */
  (bytes, random) => {
    const [from, to] = piece(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  /** A piece missing. */
  (bytes, random) => {
    const [from, to] = piece(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
];

function withLength(bytes: Buffer, head: number, random: Draws): Buffer {
  if (bytes.length < head + 4) return bytes;
  const near = bytes.readUInt16BE(head + 2) + random.below(17) - 8;
  const length = random.below(2) === 0 ? near : lengths[random.below(lengths.length)]!;
  bytes.writeUInt16BE(Math.min(longest, Math.max(0, length)), head + 2);
  return bytes;
}

/** Where something may begin that says of its own length: at multiples of four. */
function headsOf(bytes: Buffer): number[] {
  const heads: number[] = [];
  for (let at = 4; at + 4 <= bytes.length; at += 4) {
    const length = bytes.readUInt16BE(at + 2);
    if (length >= 4 && at + length <= bytes.length + 3) heads.push(at);
  }
  return heads;
}

function piece(bytes: Buffer, random: Draws): [number, number] {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + random.below(40))];
}

const noise = (length: number, random: Draws): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)));
