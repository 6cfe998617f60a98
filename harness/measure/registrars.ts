/** Registrars that failed: who noticed, who took over, where elements and users went meanwhile. */

import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.js';
import { hostsWith, type Plan } from '../experiment/plan.js';
import { rehomingOf, takeoverOf } from '../result/outage.js';
import type { HoldingRow, RehomingRow, ResolutionRow, TakeoverRow } from '../result/registrars.js';
import { type Audit, RegistrarWire } from './enrp.js';
import type { EpochOf } from './epochs.js';
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
    epochOf: EpochOf,
    notes: string[],
  ): Promise<RegistrarMeasurement> {
    const words = await readAll(files.logs, notes, (host, text) =>
      parseRegistrarLog(text, epochOf(host)).map((word): Word => ({ ...word, host, at: word.at - epochOf(host) })),
    );
    const holdings = await readAll(files.statistics, notes, (host, text) => parseHoldings(host, text, epochOf(host)));
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

  #rehomings(fault: FaultRecord): RehomingRow[] {
    const { homes } = this.#wire;
    return this.#wire.elementsOf(fault.host, fault.injectedAt).map((element) => rehomingOf(fault, element, homes));
  }

  #takeover(fault: FaultRecord, words: readonly Word[], rehomings: readonly RehomingRow[]): TakeoverRow {
    const { host, injectedAt, healedAt } = fault;
    const of = (identifier: string | null) => identifier !== null && this.#wire.identifiers.get(identifier) === host;
    const onIt = words.flatMap(({ says, host: by, peer, at }) =>
      says !== 'ready' && says !== 'readyAlone' && of(peer) ? [{ says, by, at }] : [],
    );
    const row = takeoverOf(fault, onIt, rehomings);
    const onWire = this.#wire.takeoversBegun.find(
      ({ target, at }) => of(target) && at >= injectedAt && at <= (healedAt ?? Number.POSITIVE_INFINITY),
    );
    return onWire ? { ...row, startedAt: onWire.at } : row;
  }
}

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
