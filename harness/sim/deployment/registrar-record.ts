/** Keeps what befell registrars, and who asked them, in the rows that a lab's run gives too. */
import type { HoldingRow, RehomingRow, ResolutionRow, TakeoverRow } from '../../result/registrars.js';
import type { Strike } from '../faults.js';

/** What a registrar says of another one; the first word of each kind after a fault is the row's. */
interface Word {
  readonly says: 'misses' | 'begins' | 'takenOver' | 'expired';
  readonly by: string;
  readonly about: string;
  readonly at: number;
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
  readonly #words: Word[] = [];
  readonly #homes: { readonly element: string; readonly registrar: string; readonly at: number }[] = [];
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
    for (const row of this.#resolutions) row.faultId = meanwhile(row, struck);
    return {
      takeovers: struck.map((strike) => this.#takeover(strike, rehomings)),
      rehomings,
      resolutions: this.#resolutions,
      holdings: this.#holdings,
      audits: this.#audits,
    };
  }

  #rehomings({ id, host, injectedAt, healedAt }: Strike): RehomingRow[] {
    const homes = new Map<string, string>();
    for (const { element, registrar, at } of this.#homes) if (at <= injectedAt) homes.set(element, registrar);
    const own = [...homes].filter(([, home]) => home === host);
    return own.map(([element]) => {
      const next = this.#homes.find(
        (home) =>
          home.element === element && home.registrar !== host && home.at > injectedAt && home.at <= endOf(healedAt),
      );
      return {
        faultId: id,
        element,
        oldHome: host,
        faultAt: injectedAt,
        newHome: next?.registrar ?? null,
        rehomedAt: next?.at ?? null,
        delay: next ? next.at - injectedAt : null,
      };
    });
  }

  #takeover({ id, kind, host, injectedAt, healedAt }: Strike, rehomings: readonly RehomingRow[]): TakeoverRow {
    const first = (says: Word['says']) =>
      this.#words.find(
        (word) => word.says === says && word.about === host && word.at >= injectedAt && word.at <= endOf(healedAt),
      );
    const [noticed, begun, ended, expired] = [first('misses'), first('begins'), first('takenOver'), first('expired')];
    const own = rehomings.filter(({ faultId }) => faultId === id);
    return {
      faultId: id,
      faultKind: kind,
      registrar: host,
      faultAt: injectedAt,
      healedAt,
      noticedBy: noticed?.by ?? null,
      noticedAt: noticed?.at ?? null,
      startedAt: begun?.at ?? null,
      takenOverBy: ended?.by ?? null,
      endedAt: ended?.at ?? null,
      expiredAt: expired?.at ?? null,
      detection: noticed ? noticed.at - injectedAt : null,
      takeover: ended ? ended.at - injectedAt : null,
      elements: own.length,
      rehomed: own.filter(({ newHome }) => newHome !== null).length,
    };
  }
}

const endOf = (healedAt: number | null): number => healedAt ?? Number.POSITIVE_INFINITY;

/** The first fault on a registrar that was at work while the resolution waited. */
const meanwhile = ({ askedAt, answeredAt }: ResolutionRow, struck: readonly Strike[]): number | null =>
  struck.find(({ injectedAt, healedAt }) => injectedAt <= endOf(answeredAt) && endOf(healedAt) >= askedAt)?.id ?? null;
