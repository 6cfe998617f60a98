/**
 * From a capture file to typed packets, in one pass. Order of things: tshark prints one line per frame; a line becomes
 * a draft of a packet; drafts are put in order of time, because a capture of several interfaces is not; then
 * associations are followed, which tells retransmissions from first transmissions.
 */
import type { AddressBook } from './addresses.js';
import { Associations, type Sack } from './associations.js';
import { type Content, Contents, FrameLine, tsharkArguments } from './fields.js';
import { checkTshark } from './known.js';
import { type Chunk, type ControlKind, chunkTypes, type Message, type Packet } from './packet.js';
import { type CaptureLines, type Reading, tsharkLines } from './tshark.js';

export interface DissectOptions {
  readonly book: AddressBook;
  /** The lab's wall clock when the run began: epoch seconds. */
  readonly epoch: number;
  /**
   * Where the emulated delay lies: `sender` when it comes after the capture, so that a frame's time is when it was
   * sent; `receiver` when it comes before it, so that a frame's time is when it reaches its receiver.
   */
  readonly capturedAt: 'sender' | 'receiver';
  /** One-way delay between two hosts on a network; null for one that nobody knows. */
  readonly delayBetween: (network: string, from: string | null, to: string | null) => number;
  /**
   * How far out of order frames may be and still be put in their place: longer means more memory.
   * @defaultValue {@link usualDisorder}
   */
  readonly disorderSeconds?: number;
  readonly signal?: AbortSignal;
}

/** What became of a capture, complete when its packets have all been read. */
export interface Dissection extends Reading {
  readonly packets: AsyncIterable<Packet>;
  /** Frames read, those of no interest (ARP, IGMP, IPv6) included. */
  frames: number;
  /** Frames that came so late in the file that their place had gone by, and by how many seconds at most. */
  late: number;
  lateBySeconds: number;
  /** Frames that are in the file twice, to the last digit of their time, and were read once. */
  doubled: number;
  /** Frames of which the file has only the first bytes. */
  sliced: number;
  /** Messages that could not be told which chunk they came in. */
  stray: number;
}

/** dumpcap writes what each interface's buffer holds, in turn, and a busy lab kernel lets it wait. */
export const usualDisorder = 2;

/**
 * Reads a capture (pcapng or pcap).
 * @param capture its file, or lines that tshark has printed of it already
 * @throws HarnessError `lab-broken`, while iterating, when tshark is missing, reads what is known wrongly, or cannot
 * read the file
 */
export function dissect(capture: string | CaptureLines, options: DissectOptions): Dissection {
  const result = { truncated: false, frames: 0, late: 0, lateBySeconds: 0, doubled: 0, sliced: 0, stray: 0 };
  return Object.assign(result, { packets: packetsOf(capture, options, result as Dissection) });
}

async function* packetsOf(
  capture: string | CaptureLines,
  options: DissectOptions,
  result: Dissection,
): AsyncGenerator<Packet> {
  const associations = new Associations(options.capturedAt === 'receiver');
  if (typeof capture === 'string') await checkTshark();
  const order = new Reordering(options.disorderSeconds ?? usualDisorder, result);
  const read = typeof capture === 'string' ? tsharkLines(tsharkArguments(capture), result, options.signal) : capture();
  for await (const lines of read) {
    for (const text of lines) {
      result.frames += 1;
      const line = new FrameLine(text);
      if (line.text('source') !== '') order.add({ time: Number(line.text('time')) - options.epoch, line });
    }
    for (const frame of order.ready()) yield packetOf(frame, options, associations, result);
  }
  for (const frame of order.rest()) yield packetOf(frame, options, associations, result);
}

interface Frame {
  readonly time: number;
  readonly line: FrameLine;
}

/** Holds frames until no earlier one is to be expected. */
class Reordering {
  #waiting: Frame[] = [];
  #latest = Number.NEGATIVE_INFINITY;
  #released = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly windowSeconds: number,
    private readonly result: Dissection,
  ) {}

  add(frame: Frame): void {
    if (frame.time < this.#released) {
      this.result.late += 1;
      this.result.lateBySeconds = Math.max(this.result.lateBySeconds, this.#latest - frame.time);
    }
    if (frame.time > this.#latest) this.#latest = frame.time;
    this.#waiting.push(frame);
  }

  ready(): Frame[] {
    return this.#release(this.#latest - this.windowSeconds);
  }

  rest(): Frame[] {
    return this.#release(Number.POSITIVE_INFINITY);
  }

  #release(until: number): Frame[] {
    const ready = this.#waiting.filter(({ time }) => time <= until).sort((a, b) => a.time - b.time);
    if (ready.length === 0) return ready;
    this.#waiting = this.#waiting.filter(({ time }) => time > until);
    this.#released = Math.max(this.#released, ready.at(-1)!.time);
    return this.#once(ready);
  }

  // No two frames are alike in every column, their times to the nanosecond included: two captures were merged.
  #once(frames: Frame[]): Frame[] {
    const twice = (frame: Frame, index: number) => {
      for (let at = index - 1; at >= 0 && frames[at]!.time === frame.time; at -= 1)
        if (frames[at]!.line.line === frame.line.line) return true;
      return false;
    };
    const once = frames.filter((frame, index) => !twice(frame, index));
    this.result.doubled += frames.length - once.length;
    return once;
  }
}

function packetOf(frame: Frame, options: DissectOptions, associations: Associations, result: Dissection): Packet {
  const { line } = frame;
  if (isSliced(line)) result.sliced += 1;
  if (line.text('icmp') !== '') return packet(frame, options, 'icmp', null, []);
  if (line.text('sctpSourcePort') !== '') return sctpPacket(frame, options, associations, result);
  const carrier = packet(frame, options, 'udp', null, []);
  if (carrier.sliced) return carrier;
  const chunks = new Contents(line)
    .rest()
    .map((content): Chunk => ({ kind: 'data', tsn: null, message: carried(content, carrier), retransmission: false }));
  return { ...carrier, chunks };
}

/** Everything but chunks, and for SCTP the association, which needs the endpoints to be found. */
function packet(
  { time, line }: Frame,
  { book, capturedAt, delayBetween }: DissectOptions,
  transport: Packet['transport'],
  association: string | null,
  chunks: Chunk[],
): Packet & { association: string | null } {
  const [source, target] = [book.intern(line.first('source')), book.intern(line.first('target'))];
  const network = book.networkOf(source);
  const [from, to] = [book.hostOf(source, time), book.hostOf(target, time)];
  const delay = network === null ? 0 : delayBetween(network, from, to);
  const sentAt = capturedAt === 'sender' ? time : time - delay;
  const [sourcePort, targetPort] = portsOf(line, transport);
  return {
    sentAt,
    receivedAt: sentAt + delay,
    network,
    from: { host: from, address: source, port: sourcePort },
    to: { host: to, address: target, port: targetPort },
    transport,
    association,
    chunks,
    length: Number(line.text('length')),
    sliced: isSliced(line),
  };
}

const isSliced = (line: FrameLine): boolean => line.text('captured') !== line.text('length');

function portsOf(line: FrameLine, transport: Packet['transport']): readonly [number, number] {
  if (transport === 'icmp') return [0, 0];
  const sctp = transport === 'sctp';
  return [
    Number(line.first(sctp ? 'sctpSourcePort' : 'udpSourcePort')),
    Number(line.first(sctp ? 'sctpTargetPort' : 'udpTargetPort')),
  ];
}

function sctpPacket(frame: Frame, options: DissectOptions, associations: Associations, result: Dissection): Packet {
  const { line } = frame;
  const chunks: Chunk[] = [];
  const carrier = packet(frame, options, 'sctp', null, chunks);
  const { from, to, sentAt, receivedAt } = carrier;
  const association = associations.nameOf(from, to, line.text('initiateTag') || null, sentAt);
  carrier.association = association;
  const contents = new Contents(line);
  const [tsns, protocols, endings] = [line.list('tsn'), line.list('protocol'), line.list('ending')];
  let data = 0;
  for (const type of line.list('chunkType')) {
    const kind = kindOf(type);
    if (kind !== 'data') {
      chunks.push({ kind, tsn: tsnOf(kind, line) });
      continue;
    }
    // Of the last chunk of a sliced frame there may be nothing but its type.
    if (carrier.sliced && tsns[data] === undefined) continue;
    const tsn = Number(tsns[data]);
    // A message in several chunks is whole with its last one.
    const content = isSet(endings[data]) && !carrier.sliced ? contents.next(protocols[data] ?? '') : undefined;
    data += 1;
    const fresh = content ? carried(content, carrier) : null;
    const { repeated, message } = associations.data(association, from, tsn, fresh, receivedAt);
    chunks.push({ kind, tsn, message, retransmission: repeated });
  }
  if (!carrier.sliced) result.stray += contents.left;
  if (line.text('cumulative') !== '') associations.sack(association, to, sackOf(line));
  if (chunks.some(({ kind }) => kind === 'shutdownComplete' || kind === 'abort'))
    associations.end(association, from, to);
  return carrier;
}

function tsnOf(kind: ControlKind, line: FrameLine): number | null {
  const column = tsnColumns[kind as keyof typeof tsnColumns];
  const text = column === undefined ? '' : line.first(column);
  return text === '' ? null : Number(text);
}

const tsnColumns = {
  init: 'initTsn',
  initAck: 'initAckTsn',
  sack: 'cumulative',
  shutdown: 'shutdownCumulative',
} as const;

function sackOf(line: FrameLine): Sack {
  const ends = line.list('gapEnd');
  return {
    cumulative: Number(line.first('cumulative')),
    gaps: line.list('gapStart').map((start, index) => [Number(start), Number(ends[index])] as const),
  };
}

// Written out: objects of one shape each are several times faster to make than copies of others.
function carried(content: Content, { from, to, association, sentAt, receivedAt }: Packet): Message {
  const copies = 1;
  if (content.protocol === 'calcApp') {
    const { protocol, type, job, size, completed } = content;
    return { protocol, type, job, size, completed, from, to, association, sentAt, receivedAt, copies };
  }
  if (content.protocol === 'asap') {
    const { protocol, type, elements, cookie, length } = content;
    return { protocol, type, elements, cookie, length, from, to, association, sentAt, receivedAt, copies };
  }
  const { protocol, type, sender, target, removes, elements } = content;
  return { protocol, type, sender, target, removes, elements, from, to, association, sentAt, receivedAt, copies };
}

const kindOf = (type: string): 'data' | ControlKind =>
  (chunkTypes as Record<string, 'data' | ControlKind>)[type] ?? 'other';

// tshark prints flags as 1 or, from 4.2 on, as True.
const isSet = (flag: string | undefined): boolean => flag === '1' || flag === 'True';
