/** Which schedules a lab is to try: what the model found, and others for comparison. */
import { type Batch, byInterest, kindOf, type Screened } from './screened.js';

export interface Choice {
  readonly screened: Screened;
  /** `control`: the model found nothing there, and nothing has chosen it: only such say what the model misses. */
  readonly why: 'finding' | 'longFailover' | 'control';
}

/** One in so many is a control. */
const controlEvery = 5;

/**
 * Of each kind of finding one after the other, the rarest kind first, those with the fewest faults before others; where
 * findings do not fill the places, the longest failovers.
 */
export function choose(batches: readonly Batch[], top: number): Choice[] {
  const controls = batches.flatMap(({ calm }) => calm ?? []).slice(0, Math.ceil(top / controlEvery));
  const places = top - controls.length;
  const isControl = new Set(controls.map(({ seed }) => seed));
  const kept = batches.flatMap((batch) => batch.kept).filter(({ seed }) => !isControl.has(seed));
  const findings = inTurn(kept.filter(({ failed }) => failed.length > 0)).slice(0, places);
  const calm = kept.filter(({ failed }) => failed.length === 0).sort(byInterest);
  const long = calm.slice(0, places - findings.length);
  return [
    ...findings.map((screened) => ({ screened, why: 'finding' as const })),
    ...long.map((screened) => ({ screened, why: 'longFailover' as const })),
    ...controls.map((screened) => ({ screened, why: 'control' as const })),
  ];
}

/** The first of each kind, then the second of each, and so on. */
function inTurn(findings: readonly Screened[]): Screened[] {
  const byKind = new Map<string, Screened[]>();
  for (const each of findings) byKind.set(kindOf(each), [...(byKind.get(kindOf(each)) ?? []), each]);
  const kinds = [...byKind].sort(([a, those], [b, others]) => those.length - others.length || (a < b ? -1 : 1));
  const ranked = kinds.flatMap(([, those], kind) =>
    [...those].sort(byInterest).map((screened, rank) => ({ screened, rank, kind })),
  );
  return ranked.sort((a, b) => a.rank - b.rank || a.kind - b.kind).map(({ screened }) => screened);
}
