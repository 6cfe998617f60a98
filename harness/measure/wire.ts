import { hostsWith, type Plan } from '../experiment/plan.js';
import type { KeepAliveRow } from '../result/rows.js';
import { Completions } from './completions.js';
import type { FaultRecord } from './faults.js';
import { Handlespace } from './handlespace.js';
import { keepAliveRowsMost, RoundTrips } from './keep-alives.js';
import type { Chunk, Message, Packet } from './packet.js';
import type { RegistrarLoad, WireStatistics } from './statistics.js';

/** Counts what passes by; memory follows associations and keep-alives, not packets. */
export class WireCounter {
  readonly #registrars: Set<string>;
  readonly #users: Set<string>;
  readonly #handlespace = new Handlespace();
  readonly #completions = new Completions();
  readonly #messages: Record<string, number> = {};
  readonly #registrarMessages = new Map<string, Record<string, number>>();
  readonly #retransmissions: Record<string, number> = {};
  readonly #pathSwitches: Record<string, number> = {};
  readonly #session = new RoundTrips(keepAliveRowsMost);
  readonly #reverseSession = new RoundTrips(keepAliveRowsMost);
  readonly #endpoint = new RoundTrips();
  readonly #networks = new Map<string, string>();
  readonly #associations = new Map<string, 'begun' | 'established' | 'over'>();
  readonly #ends = { begun: 0, established: 0, failed: 0, aborted: 0, closed: 0 };
  readonly #cookies = { sent: 0, bytes: 0, echoed: 0 };
  readonly #heartbeats = { sent: 0, acknowledged: 0 };
  readonly #counts = { packets: 0, bytes: 0, sackOnly: 0, icmp: 0, rejections: 0 };
  #from: number | null = null;
  #to: number | null = null;

  constructor(plan: Plan) {
    this.#registrars = new Set(hostsWith(plan, 'registrar').map(({ name }) => name));
    this.#users = new Set(hostsWith(plan, 'poolUser').map(({ name }) => name));
  }

  packet(packet: Packet): void {
    this.#counts.packets += 1;
    this.#counts.bytes += packet.length;
    this.#from ??= packet.sentAt;
    this.#to = packet.sentAt;
    if (packet.transport === 'icmp') this.#counts.icmp += 1;
    if (packet.chunks.length > 0 && packet.chunks.every(({ kind }) => kind === 'sack')) this.#counts.sackOnly += 1;
    for (const chunk of packet.chunks) {
      if (chunk.kind !== 'data') this.#control(packet, chunk.kind);
      else if (chunk.retransmission) increment(this.#retransmissions, sender(packet));
      else {
        if (packet.association !== null) this.#path(packet);
        if (chunk.message) this.#message(chunk.message);
      }
    }
  }

  /** @param faults those whose hosts were dead or cut off while users may still have been sent to them */
  statistics(faults: readonly FaultRecord[]): Omit<WireStatistics, 'paths'> {
    const seconds = (this.#to ?? 0) - (this.#from ?? 0);
    for (const state of this.#associations.values()) if (state === 'begun') this.#ends.failed += 1;
    const { rejections, ...counts } = this.#counts;
    return {
      ...counts,
      from: this.#from,
      to: this.#to,
      messages: this.#messages,
      keepAlives: {
        session: this.#session.result(),
        reverseSession: this.#reverseSession.result(),
        endpoint: this.#endpoint.result(),
      },
      cookies: this.#cookies,
      rejections,
      completions: { requests: this.#completions.count, duplicates: this.#completions.duplicates() },
      registrars: [...this.#registrarMessages].map(
        ([host, byType]): RegistrarLoad => ({
          host,
          perSecond: Object.fromEntries(Object.entries(byType).map(([type, count]) => [type, count / seconds])),
        }),
      ),
      registrations: this.#handlespace.registrations(),
      deadSelectable: this.#handlespace.deadSelectable(faults),
      associations: this.#ends,
      retransmissions: this.#retransmissions,
      pathSwitches: this.#pathSwitches,
      heartbeats: this.#heartbeats,
    };
  }

  /** Those of sessions, in order of time; `unlisted` more were answered. */
  keepAlives(): { rows: KeepAliveRow[]; unlisted: number } {
    const both = [this.#session, this.#reverseSession];
    return {
      rows: both.flatMap((trips) => trips.rows()).sort((a, b) => a.sentAt - b.sentAt),
      unlisted: both.reduce((sum, { unlisted }) => sum + unlisted, 0),
    };
  }

  #control(packet: Packet, kind: Exclude<Chunk['kind'], 'data'>): void {
    if (kind === 'heartbeat') this.#heartbeats.sent += 1;
    if (kind === 'heartbeatAck') this.#heartbeats.acknowledged += 1;
    if (kind === 'init' && packet.from.host !== null && this.#users.has(packet.from.host))
      this.#handlespace.connecting(packet);
    if (kind === 'abort') this.#handlespace.aborted(packet, (host) => this.#registrars.has(host));
    if (packet.association !== null) this.#life(packet.association, kind);
  }

  #life(association: string, kind: Exclude<Chunk['kind'], 'data'>): void {
    const state = this.#associations.get(association);
    if (kind === 'init' && state === undefined) {
      this.#associations.set(association, 'begun');
      this.#ends.begun += 1;
    }
    if (kind === 'cookieAck' && state === 'begun') {
      this.#associations.set(association, 'established');
      this.#ends.established += 1;
    }
    if ((kind !== 'abort' && kind !== 'shutdownComplete') || state === 'over') return;
    this.#associations.set(association, 'over');
    for (const trips of [this.#session, this.#reverseSession, this.#endpoint]) trips.over(association);
    this.#ends[kind === 'shutdownComplete' ? 'closed' : state === 'begun' ? 'failed' : 'aborted'] += 1;
  }

  #path(packet: Packet): void {
    const direction = `${packet.association}>${sender(packet)}`;
    const before = this.#networks.get(direction);
    if (packet.network === null || packet.network === before) return;
    this.#networks.set(direction, packet.network);
    if (before !== undefined) increment(this.#pathSwitches, sender(packet));
  }

  #message(message: Message): void {
    const type = `${message.protocol}.${message.type}`;
    increment(this.#messages, type);
    for (const { host } of [message.from, message.to]) {
      if (host === null || !this.#registrars.has(host)) continue;
      const load = this.#registrarMessages.get(host) ?? {};
      this.#registrarMessages.set(host, load);
      increment(load, type);
    }
    if (message.protocol === 'calcApp') {
      if (message.type === 'reject') this.#counts.rejections += 1;
      if (message.type === 'complete') this.#completions.message(message);
      this.#roundTrip(message);
    } else if (message.protocol === 'asap') {
      this.#handlespace.message(message);
      if (message.type === 'cookieEcho') this.#cookies.echoed += 1;
      if (message.type === 'cookie') {
        this.#cookies.sent += 1;
        this.#cookies.bytes += message.length;
      }
      if (message.type === 'endpointKeepAlive') this.#endpoint.asked(message);
      if (message.type === 'endpointKeepAliveAck') this.#endpoint.answered(message);
    } else this.#handlespace.update(message);
  }

  #roundTrip(message: Message): void {
    const byUser = message.from.host !== null && this.#users.has(message.from.host);
    if (message.type === 'keepAlive') (byUser ? this.#session : this.#reverseSession).asked(message);
    if (message.type === 'keepAliveAck') (byUser ? this.#reverseSession : this.#session).answered(message);
  }
}

const sender = ({ from }: Packet): string => from.host ?? from.address;

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
