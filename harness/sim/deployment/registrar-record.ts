/** Keeps what befell registrars, and who asked them, in the rows that a lab's run gives too. */
import { faultMeanwhile, type Homing, rehomingOf, takeoverOf, type WordOnPeer } from '../../result/outage.js';
import type { HoldingRow, RehomingRow, ResolutionRow, TakeoverRow } from '../../result/registrars.js';
import type { Strike } from '../faults.js';
import { SelectionRecord } from './selection-record.js';

interface Word extends WordOnPeer {
  readonly about: string;
}

/** A registrar heard a peer's Presence, and held its checksum against what it has of that peer. */
interface Audit {
  readonly registrar: string;
  readonly peer: string;
  readonly at: number;
  readonly agrees: boolean;
}

type Held = Pick<HoldingRow, 'peers' | 'elements' | 'ownElements'>;

export interface RegistrarRows {
  readonly takeovers: readonly TakeoverRow[];
  readonly rehomings: readonly RehomingRow[];
  readonly resolutions: readonly ResolutionRow[];
  readonly holdings: readonly HoldingRow[];
  readonly audits: readonly Audit[];
}

export class RegistrarRecord {
  readonly selection = new SelectionRecord();
  readonly #words: Word[] = [];
  readonly #homes: Homing[] = [];
  readonly #homeOf = new Map<string, string>();
  readonly #resolutions: ResolutionRow[] = [];
  /** Not answered yet, by user. */
  readonly #asked = new Map<string, ResolutionRow>();
  readonly #holdings: HoldingRow[] = [];
  readonly #held = new Map<string, HoldingRow>();
  readonly #audits: Audit[] = [];

  missed(by: string, about: string, at: number): void {
    this.#words.push({ says: 'misses', by, about, at });
  }

  began(by: string, about: string, at: number): void {
    this.#words.push({ says: 'begins', by, about, at });
  }

  tookOver(by: string, about: string, at: number): void {
    this.#words.push({ says: 'takenOver', by, about, at });
  }

  expired(by: string, about: string, at: number): void {
    this.#words.push({ says: 'expired', by, about, at });
  }

  /** A registrar confirms an element's registration. */
  homed(element: string, registrar: string, at: number): void {
    if (this.#homeOf.get(element) === registrar) return;
    this.#homeOf.set(element, registrar);
    this.#homes.push({ element, registrar, at });
  }

  /** A user asks a registrar: for the first time, or again because it got no answer. */
  asked(user: string, registrar: string, at: number): void {
    const pending = this.#asked.get(user);
    if (pending) {
      pending.tries++;
      return;
    }
    const nobody = { answeredBy: null, answeredAt: null, delay: null, faultId: null };
    const row = { user, asked: registrar, askedAt: at, tries: 1, ...nobody };
    this.#asked.set(user, row);
    this.#resolutions.push(row);
  }

  answered(user: string, registrar: string, at: number): void {
    const row = this.#asked.get(user);
    if (row) Object.assign(row, { answeredBy: registrar, answeredAt: at, delay: at - row.askedAt });
    this.#asked.delete(user);
  }

  /** The user is gone, and with it whatever it waited for. */
  gone(user: string): void {
    this.#asked.delete(user);
  }

  /** @param held null when the registrar is gone */
  holds(registrar: string, at: number, held: Held | null): void {
    const last = this.#held.get(registrar);
    if (last && held && last.elements === held.elements && last.ownElements === held.ownElements) return;
    if (last) last.to = at;
    this.#held.delete(registrar);
    if (!held) return;
    const row = { registrar, from: at, to: at, ...held };
    this.#held.set(registrar, row);
    this.#holdings.push(row);
  }

  audited(registrar: string, peer: string, at: number, agrees: boolean): void {
    this.#audits.push({ registrar, peer, at, agrees });
  }

  /** @param registrars their hosts */
  rows(strikes: readonly Strike[], registrars: readonly string[], end: number): RegistrarRows {
    for (const row of this.#held.values()) row.to = end;
    const struck = strikes.filter(({ host }) => registrars.includes(host));
    const rehomings = struck.flatMap((strike) => this.#rehomings(strike));
    for (const row of this.#resolutions) row.faultId = faultMeanwhile(row, struck);
    return {
      takeovers: struck.map((strike) => {
        const words = this.#words.filter(({ about }) => about === strike.host);
        return takeoverOf(strike, words, rehomings);
      }),
      rehomings,
      resolutions: this.#resolutions,
      holdings: this.#holdings,
      audits: this.#audits,
    };
  }

  #rehomings(strike: Strike): RehomingRow[] {
    const homes = new Map<string, string>();
    for (const { element, registrar, at } of this.#homes) if (at <= strike.injectedAt) homes.set(element, registrar);
    const own = [...homes].filter(([, home]) => home === strike.host);
    return own.map(([element]) => rehomingOf(strike, element, this.#homes));
  }
}
