/** What a fault on a registrar comes to, row by row: labs and simulator hold what they saw against the same rules. */
import type { RehomingRow, ResolutionRow, TakeoverRow } from './registrars.js';

/** A fault that struck a registrar. Times are seconds since the run began. */
export interface Outage {
  readonly id: number;
  readonly kind: string;
  readonly host: string;
  readonly injectedAt: number;
  /** Null when it lasted to the end of the run. */
  readonly healedAt: number | null;
}

/** What a registrar says of another one. */
export interface WordOnPeer {
  readonly says: 'misses' | 'begins' | 'takenOver' | 'expired';
  readonly by: string;
  readonly at: number;
}

/** A registrar confirmed an element's registration. */
export interface Homing {
  readonly element: string;
  readonly registrar: string;
  readonly at: number;
}

const endOf = (time: number | null): number => time ?? Number.POSITIVE_INFINITY;

/**
 * @param element whose home was struck
 * @param homings in order of time
 */
export function rehomingOf({ id, host, injectedAt, healedAt }: Outage, element: string, homings: readonly Homing[]) {
  const next = homings.find(
    (homing) =>
      homing.element === element && homing.registrar !== host && homing.at > injectedAt && homing.at <= endOf(healedAt),
  );
  return {
    faultId: id,
    element,
    oldHome: host,
    faultAt: injectedAt,
    newHome: next?.registrar ?? null,
    rehomedAt: next?.at ?? null,
    delay: next ? next.at - injectedAt : null,
  } satisfies RehomingRow;
}

/**
 * @param words about the registrar that was struck, in any order
 * @param rehomings of all outages
 */
export function takeoverOf(
  { id, kind, host, injectedAt, healedAt }: Outage,
  words: readonly WordOnPeer[],
  rehomings: readonly RehomingRow[],
): TakeoverRow {
  const first = (says: WordOnPeer['says']) =>
    words
      .filter((word) => word.says === says && word.at >= injectedAt && word.at <= endOf(healedAt))
      .sort((a, b) => a.at - b.at)
      .at(0);
  const [noticed, ended] = [first('misses'), first('takenOver')];
  const own = rehomings.filter(({ faultId }) => faultId === id);
  return {
    faultId: id,
    faultKind: kind,
    registrar: host,
    faultAt: injectedAt,
    healedAt,
    noticedBy: noticed?.by ?? null,
    noticedAt: noticed?.at ?? null,
    startedAt: first('begins')?.at ?? null,
    takenOverBy: ended?.by ?? null,
    endedAt: ended?.at ?? null,
    expiredAt: first('expired')?.at ?? null,
    detection: noticed ? noticed.at - injectedAt : null,
    takeover: ended ? ended.at - injectedAt : null,
    elements: own.length,
    rehomed: own.filter(({ newHome }) => newHome !== null).length,
  };
}

/** The first fault on a registrar that was at work while the resolution waited; null when there was none. */
export const faultMeanwhile = (
  { askedAt, answeredAt }: Pick<ResolutionRow, 'askedAt' | 'answeredAt'>,
  outages: readonly Outage[],
): number | null =>
  outages.find(({ injectedAt, healedAt }) => injectedAt <= endOf(answeredAt) && endOf(healedAt) >= askedAt)?.id ?? null;
