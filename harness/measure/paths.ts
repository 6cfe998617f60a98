/**
 * Path failovers: what associations do when one of their networks is cut at one end. SCTP learns of it by timeouts only
 * (RFC 9260, sections 5.4 and 8.2; RFC 7829), and moves to another path, unless the application gives up before.
 */
import type { PathRow } from '../result/rows.js';
import type { FaultRecord } from './faults.js';
import type { Packet } from './packet.js';

/** One direction of an association. */
interface Direction {
  readonly from: string;
  readonly to: string;
  /** When data was last sent, by network. */
  readonly lastDataAt: Map<string, number>;
  lastNetwork: string | null;
}

type Open = { -readonly [K in keyof PathRow]: PathRow[K] };

export class PathTracker {
  readonly #cuts: readonly FaultRecord[];
  readonly #directions = new Map<string, Direction>();
  readonly #rows: Open[] = [];
  /** Rows that still wait for something, by association. */
  readonly #open = new Map<string, Open[]>();
  #next = 0;

  constructor(faults: readonly FaultRecord[]) {
    this.#cuts = faults.filter(({ kind }) => kind === 'cutPath').sort((a, b) => a.injectedAt - b.injectedAt);
  }

  /** In order of time. */
  packet(packet: Packet): void {
    for (let cut = this.#cuts[this.#next]; cut && cut.injectedAt <= packet.sentAt; cut = this.#cuts[++this.#next]) {
      this.#cut(cut);
    }
    const { association, network, from, to, sentAt } = packet;
    if (association === null || network === null || from.host === null || to.host === null) return;
    this.#settle(association, sentAt);
    const has = (...kinds: string[]) => packet.chunks.some(({ kind }) => kinds.includes(kind));
    for (const row of this.#open.get(association) ?? []) {
      const mine = row.from === from.host && has('data');
      if (mine && network === row.network) row.triedAt ??= sentAt;
      else if (mine) row.movedAt ??= sentAt;
      if (row.to === from.host && row.movedAt !== null && sentAt > row.movedAt && has('sack')) {
        row.acknowledgedAt = packet.receivedAt;
      }
      if (has('abort', 'shutdown') && row.movedAt === null) row.endedAt = sentAt;
    }
    if (has('abort', 'shutdownComplete')) this.#forget(association);
    else if (has('data')) this.#sends(association, from.host, to.host, network, sentAt);
  }

  /** One for each direction of each association that sent its data over a network when that was cut. */
  rows(): PathRow[] {
    return this.#rows.map((row) => ({ ...row }));
  }

  #cut({ id, host, network, injectedAt, healedAt }: FaultRecord): void {
    for (const [key, { from, to, lastNetwork, lastDataAt }] of this.#directions) {
      if (lastNetwork !== network || (from !== host && to !== host)) continue;
      const association = associationOf(key);
      const row: Open = {
        ...{ faultId: id, host, network, association, from, to, faultAt: injectedAt },
        lastAt: lastDataAt.get(lastNetwork!) ?? null,
        ...{ triedAt: null, movedAt: null, acknowledgedAt: null, endedAt: null, healedAt },
      };
      this.#rows.push(row);
      this.#open.set(association, [...(this.#open.get(association) ?? []), row]);
    }
  }

  #sends(association: string, from: string, to: string, network: string, at: number): void {
    const key = `${association} ${from}`;
    const direction = this.#directions.get(key) ?? { from, to, lastDataAt: new Map(), lastNetwork: null };
    this.#directions.set(key, direction);
    direction.lastDataAt.set(network, at);
    direction.lastNetwork = network;
  }

  #settle(association: string, now: number): void {
    const open = this.#open.get(association);
    if (!open) return;
    const left = open.filter(
      ({ acknowledgedAt, endedAt, healedAt }) =>
        acknowledgedAt === null && endedAt === null && (healedAt === null || healedAt > now),
    );
    if (left.length === 0) this.#open.delete(association);
    else this.#open.set(association, left);
  }

  #forget(association: string): void {
    for (const key of this.#directions.keys()) if (associationOf(key) === association) this.#directions.delete(key);
    this.#open.delete(association);
  }
}

const associationOf = (key: string): string => key.slice(0, key.lastIndexOf(' '));
