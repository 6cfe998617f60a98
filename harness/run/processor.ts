/** In virtual time: a processor that is busy all the time makes the components wait for each other. */
import { readFileSync } from 'node:fs';
import { type CpuTimes, parseCpuTimes, sharesBetween } from '../lab/cpu.js';
import type { Journal } from './journal.js';

/** Percent of the time; beyond it the results say more of the machine than of the subject. */
export const tolerablyBusy = 90;

/** Measures from now on. */
export function watchProcessor(journal: Journal): { troubles(): string[] } {
  const before = look();
  return {
    troubles() {
      const after = look();
      const busy = Math.round(1e4 * sharesBetween(before, after).busy) / 100;
      // In ticks of 10 ms.
      journal.record({ event: 'load', seconds: (after.total - before.total) / 100, busy });
      if (busy <= tolerablyBusy) return [];
      const advice = 'fewer hosts, less load, or a faster processor (--ns-per-instruction) would do';
      return [`the virtual processor was busy for ${busy} % of the time (tolerable: ${tolerablyBusy} %): ${advice}`];
    },
  };
}

const look = (): CpuTimes => parseCpuTimes(readFileSync('/proc/stat', 'utf8'));
