/**
 * The columns that tshark is asked for, one line per frame. A column lists all its occurrences in the frame, so which
 * occurrence belongs to which chunk is worked out again here: every SCTP chunk has a type, every DATA chunk a TSN and
 * a payload protocol, and every message its type, all in wire order.
 */
import { type AsapType, asapTypes, type CalcAppType, calcAppTypes, type EnrpType, enrpTypes } from './packet.js';

const columns = {
  time: 'frame.time_epoch',
  length: 'frame.len',
  captured: 'frame.cap_len',
  source: 'ip.src',
  target: 'ip.dst',
  icmp: 'icmp.type',
  sctpSourcePort: 'sctp.srcport',
  sctpTargetPort: 'sctp.dstport',
  udpSourcePort: 'udp.srcport',
  udpTargetPort: 'udp.dstport',
  chunkType: 'sctp.chunk_type',
  initiateTag: 'sctp.init_initiate_tag',
  initTsn: 'sctp.init_initial_tsn',
  initAckTsn: 'sctp.initack_initial_tsn',
  tsn: 'sctp.data_tsn_raw',
  ending: 'sctp.data_e_bit',
  protocol: 'sctp.data_payload_proto_id',
  cumulative: 'sctp.sack_cumulative_tsn_ack_raw',
  gapStart: 'sctp.sack_gap_block_start',
  gapEnd: 'sctp.sack_gap_block_end',
  shutdownCumulative: 'sctp.shutdown_cumulative_tsn_ack',
  asapType: 'asap.message_type',
  asapLength: 'asap.message_length',
  element: 'asap.pe_identifier',
  listedElement: 'asap.pool_element_pe_identifier',
  cookie: 'asap.cookie',
  calcAppType: 'calcappprotocol.message_type',
  job: 'calcappprotocol.message_jobid',
  size: 'calcappprotocol.message_jobsize',
  completed: 'calcappprotocol.message_completed',
  enrpType: 'enrp.message_type',
  sender: 'enrp.sender_servers_id',
  targeted: 'enrp.target_servers_id',
  action: 'enrp.update_action',
  tabledElement: 'enrp.pool_element_pe_identifier',
} as const;

const names = Object.keys(columns) as (keyof typeof columns)[];
const at = Object.fromEntries(names.map((name, index) => [name, index])) as Record<keyof typeof columns, number>;

/**
 * Arguments that make tshark print these columns. Its own retransmission analysis is off: it would leave the payload
 * of retransmissions undissected and remember every chunk of the capture.
 */
export const tsharkArguments = (file: string): string[] => [
  '-n',
  ...['-r', file],
  ...['-o', 'sctp.tsn_analysis:FALSE'],
  ...['-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=,', '-E', 'separator=/t'],
  ...Object.values(columns).flatMap((column) => ['-e', column]),
];

/** A frame's line, cut into its columns; the getters read single values, the functions below lists. */
export class FrameLine {
  readonly #cells: string[];

  constructor(readonly line: string) {
    this.#cells = line.split('\t');
  }

  text(name: keyof typeof columns): string {
    return this.#cells[at[name]] ?? '';
  }

  /** The first occurrence: of an ICMP packet's addresses its own, not those of the packet it quotes. */
  first(name: keyof typeof columns): string {
    const text = this.text(name);
    const comma = text.indexOf(',');
    return comma < 0 ? text : text.slice(0, comma);
  }

  list(name: keyof typeof columns): string[] {
    const text = this.text(name);
    return text === '' ? none : text.split(',');
  }
}

const none: string[] = [];

/** What a message says, before it is known when it was sent and by whom. */
export type Content =
  | { protocol: 'asap'; type: AsapType; elements: string[]; cookie: string | null; length: number }
  | { protocol: 'calcApp'; type: CalcAppType; job: number; size: number; completed: number }
  | { protocol: 'enrp'; type: EnrpType; sender: string; target: string | null; removes: boolean; elements: string[] };

const payloadProtocols = { '11': 'asap', '12': 'enrp', '34': 'calcApp' } as const;

/** Hands out the messages of one frame in wire order, protocol by protocol. */
export class Contents {
  readonly #asap: Content[];
  readonly #calcApp: Content[];
  readonly #enrp: Content[];

  constructor(line: FrameLine) {
    this.#asap = line.text('asapType') === '' ? nothing : asapContents(line);
    this.#calcApp = line.text('calcAppType') === '' ? nothing : calcAppContents(line);
    this.#enrp = line.text('enrpType') === '' ? nothing : enrpContents(line);
  }

  /** The next message of a DATA chunk's payload protocol; undefined when the chunk completes none. */
  next(payloadProtocol: string): Content | undefined {
    switch (payloadProtocols[payloadProtocol as keyof typeof payloadProtocols]) {
      case 'asap':
        return this.#asap.shift();
      case 'calcApp':
        return this.#calcApp.shift();
      case 'enrp':
        return this.#enrp.shift();
      default:
        return undefined;
    }
  }

  /** How many messages no chunk has asked for. */
  get left(): number {
    return this.#asap.length + this.#calcApp.length + this.#enrp.length;
  }

  /** What no chunk asked for: all of a datagram; of an SCTP packet nothing, unless it was taken apart wrongly. */
  rest(): Content[] {
    return [...this.#asap, ...this.#calcApp, ...this.#enrp];
  }
}

const nothing: Content[] = [];

/** ENRP messages that are about one registrar beside their sender and receiver (RFC 5353, section 2). */
const targeting: ReadonlySet<EnrpType> = new Set<EnrpType>(['initTakeover', 'initTakeoverAck', 'takeoverServer']);

function enrpContents(line: FrameLine): Content[] {
  const [senders, targets, actions] = [line.list('sender'), line.list('targeted'), line.list('action')];
  const elements = line.list('tabledElement');
  const types = line.list('enrpType').map((number) => named(enrpTypes, number));
  let updates = types.filter((type) => type === 'handleUpdate').length;
  return types.map((type): Content => {
    const isUpdate = type === 'handleUpdate';
    if (isUpdate) updates -= 1;
    // An update is about one element, a table about any number; each later update in the frame has one of its own.
    const held = isUpdate ? 1 : type === 'handleTableResponse' ? Math.max(0, elements.length - updates) : 0;
    return {
      protocol: 'enrp',
      type,
      sender: own(senders.shift()) ?? '',
      target: targeting.has(type) ? own(targets.shift()) : null,
      removes: isUpdate && Number(actions.shift()) === 1,
      elements: elements.splice(0, held),
    };
  });
}

/** ASAP messages that name one pool element by its identifier alone (RFC 5352, section 2.2). */
const identifying: ReadonlySet<AsapType> = new Set<AsapType>([
  'deregistration',
  'registrationResponse',
  'deregistrationResponse',
  'endpointKeepAlive',
  'endpointKeepAliveAck',
  'endpointUnreachable',
]);

function asapContents(line: FrameLine): Content[] {
  const lengths = line.list('asapLength');
  const identifiers = line.list('element');
  const listed = line.list('listedElement');
  const cookies = line.list('cookie');
  return line.list('asapType').map((number, index): Content => {
    const type = named(asapTypes, number);
    const elements = identifying.has(type) ? identifiers.splice(0, 1) : listing(type, listed);
    const cookie = type === 'cookie' || type === 'cookieEcho' ? own(cookies.shift()) : null;
    return { protocol: 'asap', type, elements, cookie, length: Number(lengths[index] ?? 0) };
  });
}

// A piece of a string keeps all of it in memory, here many lines; what outlives its line must be a copy.
const own = (text: string | undefined): string | null =>
  text === undefined ? null : Buffer.from(text, 'latin1').toString('latin1');

// A registration describes one element; a resolution any number, and a user never has two of them under way.
function listing(type: AsapType, listed: string[]): string[] {
  if (type === 'registration') return listed.splice(0, 1);
  return type === 'handleResolutionResponse' ? listed.splice(0) : [];
}

function calcAppContents(line: FrameLine): Content[] {
  const [jobs, sizes, completed] = [line.list('job'), line.list('size'), line.list('completed')];
  return line.list('calcAppType').map((type, index) => ({
    protocol: 'calcApp',
    type: named(calcAppTypes, type),
    job: Number(jobs[index]),
    size: Number(sizes[index]),
    completed: Number(completed[index]),
  }));
}

// tshark prints some types in decimal and, depending on its version, some in hexadecimal; Number reads both.
const named = <T extends Record<number, string>>(types: T, number: string): T[keyof T] | 'other' =>
  (types as Record<number, T[keyof T]>)[Number(number)] ?? 'other';
