/**
 * What the capture does not hold, told from what it does: numbers that were acknowledged and never seen, associations
 * that work without having begun, frames of which only the first bytes were kept, networks that fall silent although
 * their registrars announce themselves every second. A hole is known by whom it concerns and between what times;
 * what it hides is not known, and nothing is guessed.
 */
import { hostsWith, type Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import type { FaultRecord } from './faults.js';
import type { Chunk, Packet } from './packet.js';
import { type Missing, Sequence } from './sequence.js';
import { Silences } from './silences.js';

/**
 * `unseen`: messages were acknowledged and never seen; `beginning`: an association is used whose handshake was not seen
 * (all of it); `sliced`: frames have only their first bytes; `silence`: nothing was heard of a network; `disorder`:
 * frames came too late to be put in their place; `doubled`: each packet was captured twice, at different times.
 */
export type HoleKind = 'unseen' | 'beginning' | 'sliced' | 'silence' | 'disorder' | 'doubled';

export interface Hole {
  readonly kind: HoleKind;
  /** The hosts of the association that it is in; null when it may be in any. */
  readonly between: readonly [string, string] | null;
  readonly association: string | null;
  /** Of a silence. */
  readonly network: string | null;
  /** Seconds since the run began: what was seen before the hole, and after it. */
  readonly from: number;
  readonly to: number;
  /** Messages, frames or steps of a handshake; 0 where nobody can count them. */
  readonly count: number;
}

type Growing = { -readonly [Key in keyof Hole]: Hole[Key] };

interface Life {
  readonly hosts: readonly [string, string];
  /** How many steps of the handshake are over: INIT, INIT ACK, COOKIE ECHO, COOKIE ACK. */
  steps: number;
  /** A SHUTDOWN was seen: its answers follow. */
  closing: boolean;
  readonly beganAt: number;
  /** Who sent data or acknowledged some before the handshake was seen. */
  readonly talking: Set<string>;
  heardAt: number;
  /** Of the last data. */
  dataAt: number;
  /** What each host sends. */
  readonly sequences: Map<string, Sequence>;
  last: Growing | null;
}

const steps: Partial<Record<Chunk['kind'], number>> = { init: 1, initAck: 2, cookieEcho: 3, cookieAck: 4 };

/** Listens to all packets in order of time. */
export class HoleFinder {
  readonly #holes: Growing[] = [];
  readonly #lives = new Map<string, Life>();
  /** Associations that are over, and when. */
  readonly #over = new Map<string, number>();
  readonly #silences: Silences;
  #echoes = 0;
  #data = 0;
  #span: readonly [number, number] | null = null;

  constructor(plan: Plan, journal: readonly JournalEvent[], faults: readonly FaultRecord[]) {
    const registrars = hostsWith(plan, 'registrar');
    this.#silences = new Silences(registrars, journal, faults);
  }

  packet(packet: Packet): void {
    this.#silences.packet(packet);
    this.#span = [this.#span?.[0] ?? packet.sentAt, packet.sentAt];
    const { association, from, to } = packet;
    if (association === null || from.host === null || to.host === null) return;
    this.#inAssociation(packet, association, from.host, to.host);
  }

  /** @param misplaced frames that came too late to be put in their place: how many, and by how much at most */
  holes(misplaced: { readonly late: number; readonly lateBySeconds: number }): Hole[] {
    const [from, to] = this.#span ?? [0, 0];
    const everywhere = { between: null, association: null, network: null, from, to };
    return [
      ...this.#holes,
      ...this.#silences.holes(),
      ...(misplaced.late > 0 ? [{ kind: 'disorder' as const, ...everywhere, count: misplaced.late }] : []),
      ...(this.#echoes > echoesTolerable * this.#data
        ? [{ kind: 'doubled' as const, ...everywhere, count: this.#echoes }]
        : []),
    ].sort((a, b) => a.from - b.from);
  }

  #inAssociation(packet: Packet, association: string, from: string, to: string): void {
    const { sentAt, chunks, sliced } = packet;
    const over = this.#over.get(association);
    // What was on its way when an association ended still comes; acknowledgements show that it lives.
    if (over !== undefined && !(sentAt > over + underWaySeconds && chunks.some(({ kind }) => kind === 'sack'))) return;
    const life = this.#life(association, from, to, over ?? sentAt);
    this.#over.delete(association);
    for (const chunk of chunks) this.#chunk(chunk, packet, life, association);
    if (sliced) this.#add('sliced', life, association, { count: 1, from: sentAt, to: sentAt });
    life.heardAt = sentAt;
    if (chunks.some(({ kind }) => kind === 'abort' || (kind === 'shutdownComplete' && life.steps >= 3))) {
      this.#lives.delete(association);
      this.#over.set(association, sentAt);
    }
  }

  #chunk(chunk: Chunk, packet: Packet, life: Life, association: string): void {
    const { sentAt } = packet;
    const [from, to] = [packet.from.host!, packet.to.host!];
    const step = steps[chunk.kind];
    if (step !== undefined) {
      if (step > life.steps + 1) this.#unbegun(life, association, step - 1 - life.steps, sentAt);
      life.steps = Math.max(life.steps, step);
      if (chunk.kind !== 'data' && chunk.tsn !== null) this.#sequence(life, from).begins(chunk.tsn);
      return;
    }
    if (chunk.kind === 'shutdownAck' || chunk.kind === 'shutdownComplete') this.#closes(life, association, sentAt);
    if (chunk.kind !== 'data' && chunk.kind !== 'sack' && chunk.kind !== 'shutdown') return;
    life.closing ||= chunk.kind === 'shutdown';
    // A COOKIE ACK that is missing shows by itself, in the connection of a failover.
    if (life.steps < 3) {
      // The ports may have been another association's just before, of which something is still on its way.
      if (life.steps > 0 && sentAt - life.beganAt < underWaySeconds) return;
      // What only one of them says may be for an association that the other knows nothing of any more.
      if (chunk.kind === 'shutdown' && !life.talking.has(to)) return;
      life.talking.add(from);
      if (life.talking.size < 2) return;
      this.#unbegun(life, association, 4 - life.steps, sentAt);
    }
    if (chunk.kind === 'data') {
      if (chunk.tsn !== null) this.#missing(life, association, this.#sequence(life, from).data(chunk.tsn, sentAt));
      life.dataAt = sentAt;
      this.#echo(chunk, packet);
    } else if (chunk.tsn !== null) {
      this.#missing(life, association, this.#sequence(life, to).acknowledged(chunk.tsn, sentAt));
    }
  }

  #unbegun(life: Life, association: string, count: number, at: number): void {
    life.steps = 4;
    // A frame of which only the first bytes are there may have held it.
    if (life.last?.kind === 'sliced') return;
    this.#add('beginning', life, association, { count, from: life.heardAt, to: at });
  }

  // A SHUTDOWN acknowledges what came before it, so without it that need not have been seen either.
  #closes(life: Life, association: string, at: number): void {
    if (life.steps < 3 || life.closing) return;
    life.closing = true;
    this.#add('unseen', life, association, { count: 1, from: life.dataAt, to: at });
  }

  #missing(life: Life, association: string, missing: Missing | null): void {
    if (missing) this.#add('unseen', life, association, missing);
  }

  // No timer is so short that the same comes again at once on the same path (RFC 9260, section 6.3.1).
  #echo(chunk: Extract<Chunk, { kind: 'data' }>, { sentAt, from, to }: Packet): void {
    this.#data += 1;
    const { retransmission, message } = chunk;
    if (!retransmission || !message || sentAt - message.sentAt > echoSeconds) return;
    if (message.from.address === from.address && message.to.address === to.address) this.#echoes += 1;
  }

  #life(association: string, a: string, b: string, since: number): Life {
    let life = this.#lives.get(association);
    if (!life) {
      life = {
        hosts: [a, b],
        steps: 0,
        closing: false,
        beganAt: since,
        talking: new Set(),
        heardAt: since,
        dataAt: since,
        sequences: new Map(),
        last: null,
      };
      this.#lives.set(association, life);
    }
    return life;
  }

  #sequence(life: Life, sender: string): Sequence {
    let sequence = life.sequences.get(sender);
    if (!sequence) {
      sequence = new Sequence(life.heardAt);
      life.sequences.set(sender, sequence);
    }
    return sequence;
  }

  /** One hole rather than many that touch each other: memory must not follow a capture that is all holes. */
  #add(kind: HoleKind, life: Life, association: string, { count, from, to }: Missing): void {
    const { last } = life;
    if (last && last.kind === kind && from - last.to <= joinedSeconds) {
      last.to = Math.max(last.to, to);
      last.from = Math.min(last.from, from);
      last.count += count;
      return;
    }
    life.last = { kind, between: life.hosts, association, network: null, from, to, count };
    this.#holes.push(life.last);
  }
}

const underWaySeconds = 1;
const joinedSeconds = 1;
const echoSeconds = 0.05;

/** Share of the data that may come again at once: lost packets are noticed by those that follow, at the earliest. */
const echoesTolerable = 0.2;
