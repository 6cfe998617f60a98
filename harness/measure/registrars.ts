/** Registrars that failed: who noticed, who took over, where elements and users went meanwhile. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.js';
import { hostsWith, type Plan } from '../experiment/plan.js';
import type { HoldingRow, RehomingRow, ResolutionRow, TakeoverRow } from '../result/registrars.js';
import { type Audit, RegistrarWire } from './enrp.js';
import type { FaultRecord } from './faults.js';
import { parseHoldings } from './holdings.js';
import type { Packet } from './packet.js';
import { parseRegistrarLog, type RegistrarWord } from './registrar-logs.js';
import { Resolutions } from './resolutions.js';

export interface RegistrarMeasurement {
  readonly takeovers: readonly TakeoverRow[];
  readonly rehomings: readonly RehomingRow[];
  readonly resolutions: readonly ResolutionRow[];
  readonly holdings: readonly HoldingRow[];
  readonly audits: readonly Audit[];
}

/** Files of the registrars by host, of each of their lives. */
export interface RegistrarFiles {
  readonly logs: ReadonlyMap<string, readonly string[]>;
  readonly statistics: ReadonlyMap<string, readonly string[]>;
}

/** What a registrar's log says, and whose it is; `at` since the run began. */
type Word = RegistrarWord & { readonly host: string };

export class RegistrarObserver {
  readonly #registrars: ReadonlySet<string>;
  readonly #wire: RegistrarWire;
  readonly #resolutions: Resolutions;

  constructor(plan: Plan) {
    this.#registrars = new Set(hostsWith(plan, 'registrar').map(({ name }) => name));
    this.#wire = new RegistrarWire(this.#registrars);
    this.#resolutions = new Resolutions(new Set(hostsWith(plan, 'poolUser').map(({ name }) => name)));
  }

  packet({ chunks }: Packet): void {
    for (const chunk of chunks) {
      if (chunk.kind !== 'data' || chunk.retransmission || !chunk.message) continue;
      if (chunk.message.protocol === 'enrp') this.#wire.enrp(chunk.message);
      if (chunk.message.protocol !== 'asap') continue;
      this.#wire.asap(chunk.message);
      this.#resolutions.message(chunk.message);
    }
  }

  /** @param notes is told which files could not be read */
  async measure(
    faults: readonly FaultRecord[],
    files: RegistrarFiles,
    epoch: number,
    notes: string[],
  ): Promise<RegistrarMeasurement> {
    const words = await readAll(files.logs, notes, (host, text) =>
      parseRegistrarLog(text, epoch).map((word): Word => ({ ...word, host, at: word.at - epoch })),
    );
    const holdings = await readAll(files.statistics, notes, (host, text) => parseHoldings(host, text, epoch));
    const struck = faults.filter(({ host }) => this.#registrars.has(host));
    const rehomings = struck.flatMap((fault) => this.#rehomings(fault));
    return {
      takeovers: struck.map((fault) => this.#takeover(fault, words, rehomings)),
      rehomings,
      resolutions: this.#resolutions.rows(struck),
      holdings,
      audits: this.#wire.audits,
    };
  }

  #rehomings({ id, host, injectedAt, healedAt }: FaultRecord): RehomingRow[] {
    return this.#wire.elementsOf(host, injectedAt).map((element) => {
      const next = this.#wire.homes.find(
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

  #takeover(fault: FaultRecord, words: readonly Word[], rehomings: readonly RehomingRow[]): TakeoverRow {
    const { id, kind, host, injectedAt, healedAt } = fault;
    const during = (at: number) => at >= injectedAt && at <= endOf(healedAt);
    const of = (identifier: string | null) => identifier !== null && this.#wire.identifiers.get(identifier) === host;
    const first = (says: RegistrarWord['says']) =>
      words
        .filter((word) => word.says === says && of(word.peer) && during(word.at))
        .sort((a, b) => a.at - b.at)
        .at(0);
    const [noticed, begun, ended, expired] = [first('misses'), first('begins'), first('takenOver'), first('expired')];
    const onWire = this.#wire.takeoversBegun.find(({ target, at }) => of(target) && during(at));
    const own = rehomings.filter(({ faultId }) => faultId === id);
    return {
      faultId: id,
      faultKind: kind,
      registrar: host,
      faultAt: injectedAt,
      healedAt,
      noticedBy: noticed?.host ?? null,
      noticedAt: noticed?.at ?? null,
      startedAt: onWire?.at ?? begun?.at ?? null,
      takenOverBy: ended?.host ?? null,
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

async function readAll<T>(
  files: ReadonlyMap<string, readonly string[]>,
  notes: string[],
  parse: (host: string, text: string) => T[],
): Promise<T[]> {
  const found: T[] = [];
  for (const [host, paths] of files) {
    for (const path of paths) {
      try {
        found.push(...parse(host, await readFile(path, 'utf8')));
      } catch (error) {
        notes.push(`A file of ${host} could not be read: ${messageOf(error)}`);
      }
    }
  }
  return found;
}
