import { test } from 'vitest';
import { probeUml } from '../../harness/lab/probe.js';

const missing = await probeUml();
if (missing.length > 0) {
  const needs = missing.map(({ what, remedy }) => `${what} (${remedy})`).join(', ');
  console.warn(`Lab tests are skipped: user-mode Linux cannot run here for want of ${needs}`);
}

/** `test`, where user-mode Linux can run; skipped elsewhere. */
export const labTest = test.skipIf(missing.length > 0);
/** For hooks, which cannot be skipped. */
export const labWorks = missing.length === 0;
