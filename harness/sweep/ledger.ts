/** What a sweep has finished, one line per run: a killed sweep goes on from here. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { Lines, readLines } from '../base/lines.js';
import { verdicts } from '../result/summary.js';

export const recordSchema = z.object({
  /** Index of the point in the grid. */
  point: z.int().min(0),
  /** Counts from 1. */
  replication: z.int().min(1),
  seed: z.int(),
  /** What the checks say; null when nothing was judged. */
  verdict: z.enum(verdicts).nullable(),
  /** The run's own folder within the sweep's; null when it has none. */
  folder: z.string().nullable(),
  /** The command that makes this run alone; absent in older ledgers. */
  command: z.string().nullish(),
  /** Of all that can change a run in virtual time; null elsewhere. */
  fingerprint: z.string().nullish(),
  values: z.record(z.string(), z.number().nullable()),
});
export type RunRecord = z.infer<typeof recordSchema>;

export class Ledger {
  readonly #lines: Lines<RunRecord>;
  readonly #records = new Map<string, RunRecord>();

  /** @throws HarnessError `bad-input` when a line before the last one is not a record */
  constructor(path: string) {
    this.#lines = new Lines(path, recordSchema, 'a finished run');
    for (const record of this.#lines.before) this.#keep(record);
  }

  has(point: number, replication: number): boolean {
    return this.#records.has(keyOf(point, replication));
  }

  /** @returns whether it counts: of a run that is there already, the first result does */
  append(record: RunRecord): boolean {
    if (this.has(record.point, record.replication)) return false;
    this.#lines.append(record);
    this.#keep(record);
    return true;
  }

  close(): void {
    this.#lines.close();
  }

  /** By point, then replication: in which order runs finished shows nowhere. */
  records(): RunRecord[] {
    return [...this.#records.values()].sort((a, b) => a.point - b.point || a.replication - b.replication);
  }

  #keep(record: RunRecord): void {
    const key = keyOf(record.point, record.replication);
    if (!this.#records.has(key)) this.#records.set(key, record);
  }
}

/**
 * What is in somebody else's ledger, which is left as it is.
 * @throws HarnessError `bad-input` when a whole line is not a record
 */
export const readLedger = (path: string): RunRecord[] =>
  existsSync(path) ? readLines(path, recordSchema, 'a finished run').lines : [];

const keyOf = (point: number, replication: number): string => `${point}/${replication}`;
