import type { Verdict } from '../result/summary.js';

/** What scripts and CI see of a run. */
export const exitCodes = { pass: 0, fail: 1, badInput: 2, unknown: 3 } as const satisfies Record<
  Verdict | 'badInput',
  number
>;
