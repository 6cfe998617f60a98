import type { Endpoint, Message } from './packet.js';

/** What a transport sees of one packet's SACK chunk: the cumulative TSN and gap blocks as offsets to it. */
export interface Sack {
  readonly cumulative: number;
  readonly gaps: readonly (readonly [start: number, end: number])[];
}

/**
 * Follows SCTP associations (RFC 9260) from host to host, whichever of their paths a packet takes: names each life of
 * one, and tells a retransmission from a first transmission. Forgets what has been acknowledged, so its memory follows
 * what is under way.
 */
export class Associations {
  readonly #lives = new Map<string, Life>();
  readonly #directions = new Map<string, Direction>();

  /** @param heardByReceiver whether the capture shows packets as they reach their receiver: a lost copy is not seen */
  constructor(private readonly heardByReceiver: boolean) {}

  /**
   * The association of a packet. An INIT with another initiate tag begins a new one between the same ports.
   * @param initiateTag of the packet's INIT chunk, null when it has none
   */
  nameOf(from: Endpoint, to: Endpoint, initiateTag: string | null, time: number): string {
    const [a, b] = [label(from), label(to)];
    const pair = a < b ? `${a}-${b}` : `${b}-${a}`;
    const life = this.#lives.get(pair);
    if (!life) {
      const name = `${pair}#1`;
      this.#lives.set(pair, { serial: 1, name, initiateTag, since: time });
      return name;
    }
    if (initiateTag !== null && (life.initiateTag !== initiateTag || time - life.since > repeatingSeconds)) {
      // An association whose beginning was not captured has no tag yet; its INIT may still be on its way again.
      if (life.initiateTag !== null) life.serial += 1;
      life.name = `${pair}#${life.serial}`;
      life.initiateTag = initiateTag;
      life.since = time;
    }
    return life.name;
  }

  /**
   * Takes note of a DATA chunk.
   * @returns whether it repeats an earlier one; and the message that came with the first, as long as that is remembered
   */
  data(association: string, from: Endpoint, tsn: number, message: Message | null, receivedAt: number): Repetition {
    const direction = this.#direction(association, from);
    const earlier = direction.underWay.get(tsn);
    if (earlier === undefined) {
      const repeated = direction.cumulative !== null && !isAfter(tsn, direction.cumulative);
      if (!repeated) direction.underWay.set(tsn, { message, acknowledged: false });
      return { repeated, message };
    }
    if (earlier.message) {
      earlier.message.copies += 1;
      // Sent again before its acknowledgement was seen: the copies before were lost between capture and receiver.
      if (!earlier.acknowledged && !this.heardByReceiver) earlier.message.receivedAt = receivedAt;
    }
    return { repeated: true, message: earlier.message };
  }

  /** Takes note of a SACK that `from` sent: what it acknowledges has arrived. */
  sack(association: string, to: Endpoint, { cumulative, gaps }: Sack): void {
    const direction = this.#directions.get(`${association}>${label(to)}`);
    if (!direction) return;
    if (direction.cumulative === null || isAfter(cumulative, direction.cumulative)) direction.cumulative = cumulative;
    for (const [tsn, sent] of direction.underWay) {
      if (!isAfter(tsn, direction.cumulative)) direction.underWay.delete(tsn);
      else if (gaps.some(([start, end]) => within(tsn - cumulative, start, end))) sent.acknowledged = true;
    }
  }

  /** The association is over: nothing more of it needs to be known. */
  end(association: string, a: Endpoint, b: Endpoint): void {
    this.#directions.delete(`${association}>${label(a)}`);
    this.#directions.delete(`${association}>${label(b)}`);
  }

  #direction(association: string, from: Endpoint): Direction {
    const key = `${association}>${label(from)}`;
    let direction = this.#directions.get(key);
    if (!direction) {
      direction = { cumulative: null, underWay: new Map() };
      this.#directions.set(key, direction);
    }
    return direction;
  }
}

interface Life {
  serial: number;
  name: string;
  initiateTag: string | null;
  since: number;
}

/** Longer than an INIT is repeated for: Max.Init.Retransmits 8 times RTO.Max 60 s (RFC 9260, section 16). */
const repeatingSeconds = 600;

export interface Repetition {
  readonly repeated: boolean;
  readonly message: Message | null;
}

interface Direction {
  cumulative: number | null;
  readonly underWay: Map<number, { message: Message | null; acknowledged: boolean }>;
}

const label = ({ host, address, port }: Endpoint): string => `${host ?? address}:${port}`;

// TSNs count modulo 2^32 (RFC 9260, section 1.6).
const isAfter = (a: number, b: number): boolean => ((a - b) | 0) > 0;
const within = (offset: number, start: number, end: number): boolean => {
  const distance = offset | 0;
  return distance >= start && distance <= end;
};
