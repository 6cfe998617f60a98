import type { Plan } from '../experiment/plan.js';

/** Moments of a run, seconds since it began: since the elements started. */
export interface Moments {
  /** Users start. */
  readonly warmUpAt: number;
  /** The window begins; faults of a schedule may strike. */
  readonly measureAt: number;
  /** No fault strikes any more; what happens still counts. */
  readonly drainAt: number;
  readonly endAt: number;
}

export function momentsOf({ phases }: Plan): Moments {
  const measureAt = phases.settle + phases.warmUp;
  const drainAt = measureAt + phases.measure;
  return { warmUpAt: phases.settle, measureAt, drainAt, endAt: drainAt + phases.drain };
}

/** The moments of a run that was ended at a time: what it never came to is at its end. */
export const momentsUntil = ({ warmUpAt, measureAt, drainAt }: Moments, end: number): Moments => ({
  warmUpAt: Math.min(warmUpAt, end),
  measureAt: Math.min(measureAt, end),
  drainAt: Math.min(drainAt, end),
  endAt: end,
});
