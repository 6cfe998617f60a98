/** What decides a run's results, as far as it can be told. */
import { cpus, release, totalmem } from 'node:os';
import type { Summary } from '../result/summary.js';
import { digestOf } from './points.js';

/** Of a run: what its lab says of itself, or else of subject and versions. */
export function fingerprintOf(summary: Summary): string {
  return summary.machine?.fingerprint ?? digestOf([summary.on, Object.entries(summary.versions).sort()]);
}

/** The machine that a lab in real time shares with others; what it measures there is worth nothing elsewhere. */
export function machineHere(): {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
} {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() || 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
  };
}
