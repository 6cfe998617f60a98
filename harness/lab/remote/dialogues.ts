/** Questions and answers of SCTP between hosts, in what each host recorded of what it sent. */
import type { Dialogue } from './aligned-clocks.js';

/** Types of chunks (RFC 9260, section 3.2). */
const [data, init, initAck, sack, heartbeat, heartbeatAck] = [0, 1, 2, 3, 4, 5];
const [shutdown, shutdownAck, cookieEcho, cookieAck] = [7, 8, 10, 11];

/** Of each packet, as tshark names them; {@link dialoguesIn} reads them in this order. */
export const dialogueFields = [
  ...['frame.time_epoch', 'ip.src', 'ip.dst', 'sctp.srcport', 'sctp.dstport', 'sctp.chunk_type'],
  ...['sctp.verification_tag', 'sctp.initiate_tag', 'sctp.data_tsn_raw', 'sctp.sack_cumulative_tsn_ack_raw'],
  'sctp.parameter_heartbeat_information',
];

export interface DialogueOptions {
  /** Whose address it is. */
  readonly hostOf: (address: string) => string | undefined;
  /** Seconds that a packet between two hosts needs at the least. */
  readonly wayBetween: (from: string, to: string) => number;
}

interface Said {
  readonly host: string;
  readonly time: number;
}

/**
 * @param lines of all hosts' packets: fields between tabs, those of several chunks between commas
 * @returns the first question of its kind, should it have been sent again, with its first answer
 */
export function dialoguesIn(lines: Iterable<string>, { hostOf, wayBetween }: DialogueOptions): Dialogue[] {
  const questions = new Map<string, Said>();
  const answers = new Map<string, Said>();
  const keep = (into: Map<string, Said>, key: string, said: Said) => {
    const known = into.get(key);
    if (!known || said.time < known.time) into.set(key, said);
  };
  for (const line of lines) {
    const [time, source = '', target = '', from, to, types = '', tag, ...rest] = line.split('\t');
    const [own, other] = [source, target].map((it) => hostOf(it.split(',')[0]!));
    if (!time || !own || !other) continue;
    const [initiate = '', sequence = '', acknowledged = '', information = ''] = rest;
    const said: Said = { host: own, time: Number(time) };
    const [out, back] = [`${own} ${from} ${other} ${to}`, `${other} ${to} ${own} ${from}`];
    const ask = (key: string) => keep(questions, key, said);
    const answer = (key: string) => keep(answers, key, said);
    for (const type of new Set(types.split(',').map(Number))) {
      if (type === init) ask(`init ${out} ${initiate}`);
      else if (type === initAck) answer(`init ${back} ${tag}`);
      else if (type === cookieEcho) ask(`cookie ${out}`);
      else if (type === cookieAck) answer(`cookie ${back}`);
      else if (type === shutdown) ask(`shutdown ${out}`);
      else if (type === shutdownAck) answer(`shutdown ${back}`);
      else if (type === heartbeat) ask(`heartbeat ${out} ${information}`);
      else if (type === heartbeatAck) answer(`heartbeat ${back} ${information}`);
      else if (type === data) for (const number of sequence.split(',')) ask(`data ${out} ${number}`);
      else if (type === sack) answer(`data ${back} ${acknowledged.split(',')[0]}`);
    }
  }
  return [...questions].flatMap(([key, { host: asks, time: askedAt }]) => {
    const said = answers.get(key);
    if (!said) return [];
    return [{ asks, answers: said.host, askedAt, answeredAt: said.time, way: wayBetween(asks, said.host) }];
  });
}
