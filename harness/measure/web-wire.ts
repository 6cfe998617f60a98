/** HTTP and ASAP of web users as a capture shows them. Times are seconds since the run began. */
import type { AddressBook } from './addresses.js';
import { tsharkLines } from './tshark.js';

/** A request as it was sent to one element. */
export interface Attempt {
  readonly element: string;
  readonly sentAt: number;
  /** The answer began to arrive; null when none did. */
  answeredAt: number | null;
}

/** What became of one request of one user, and what the user's proxy had to do with registrars meanwhile. */
export interface Conversation {
  readonly user: string;
  readonly id: number;
  readonly attempts: readonly Attempt[];
  /** When failure reports of this user were sent, whatever they were about. */
  readonly reports: readonly number[];
  /** When answers to its handle resolutions arrived. */
  readonly resolutions: readonly number[];
}

export interface ReadOptions {
  readonly book: AddressBook;
  readonly epoch: number;
  /** One-way delay between two hosts on a network; it comes after the capture. */
  readonly delayBetween: (network: string, from: string | null, to: string | null) => number;
  readonly users: ReadonlySet<string>;
}

/** Where proxies of elements listen. */
const elementPort = 8080;
/** ASAP messages (RFC 5352, section 2.2). */
const [resolutionResponse, endpointUnreachable] = [6, 9];

const fields = [
  ...['frame.number', 'frame.time_epoch', 'ip.src', 'ip.dst', 'asap.message_type'],
  ...['http.response.code', 'http.request_in', 'http.request.line'],
];

/** @returns those that were sent more than once */
export async function readConversations(capture: string, options: ReadOptions): Promise<Conversation[]> {
  const { users } = options;
  const reports = new Map([...users].map((user) => [user, [] as number[]]));
  const resolutions = new Map([...users].map((user) => [user, [] as number[]]));
  const attempts = new Map<string, { user: string; id: number; attempts: Attempt[] }>();
  const byFrame = new Map<string, Attempt>();
  for await (const lines of tsharkLines(arguments_(capture), { truncated: false })) {
    for (const line of lines) {
      const [frame, time, source, target, asap, status, requestIn, head] = line.split('\t');
      if (!time || !source || !target) continue;
      const sentAt = Number(time) - options.epoch;
      const address = (list: string) => list.split(',')[0]!;
      const [from, to] = [address(source), address(target)].map((it) => options.book.hostOf(it, sentAt) ?? '');
      const network = options.book.networkOf(address(target));
      const arrivedAt = sentAt + (network === null ? 0 : options.delayBetween(network, from!, to!));
      const messages = (asap ?? '').split(',').map(Number);
      if (messages.includes(endpointUnreachable)) reports.get(from!)?.push(sentAt);
      if (messages.includes(resolutionResponse)) resolutions.get(to!)?.push(arrivedAt);
      if (status && requestIn) answered(byFrame.get(requestIn), arrivedAt);
      const id = /RSerPool-Request: (\d+)/i.exec(head ?? '')?.[1];
      if (!id || !users.has(from!)) continue;
      const attempt: Attempt = { element: to!, sentAt, answeredAt: null };
      byFrame.set(frame!, attempt);
      const key = `${from} ${id}`;
      const known = attempts.get(key) ?? { user: from!, id: Number(id), attempts: [] };
      known.attempts.push(attempt);
      attempts.set(key, known);
    }
  }
  return [...attempts.values()]
    .filter((each) => each.attempts.length > 1)
    .map((each) => ({ ...each, reports: reports.get(each.user)!, resolutions: resolutions.get(each.user)! }));
}

function answered(attempt: Attempt | undefined, at: number): void {
  if (attempt) attempt.answeredAt ??= at;
}

const arguments_ = (file: string): string[] => [
  ...['-n', '-r', file, '-o', 'sctp.tsn_analysis:FALSE', '-d', `tcp.port==${elementPort},http`],
  ...['-Y', `http || asap.message_type == ${resolutionResponse} || asap.message_type == ${endpointUnreachable}`],
  ...['-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=,', '-E', 'separator=/t'],
  ...fields.flatMap((field) => ['-e', field]),
];
