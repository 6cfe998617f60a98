/**
 * What a sweep has finished, one line of JSON per run, written as runs finish: a killed sweep goes on from here. A line
 * counts when it is whole, so the kill may come in the middle of one.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { badInput } from '../base/errors.js';
import { verdicts } from '../result/summary.js';

const recordSchema = z.object({
  /** Index of the point in the grid. */
  point: z.int().min(0),
  /** Counts from 1. */
  replication: z.int().min(1),
  seed: z.int(),
  /** What the checks say; null when nothing was judged. */
  verdict: z.enum(verdicts).nullable(),
  /** The run's own folder within the sweep's; null when it has none. */
  folder: z.string().nullable(),
  values: z.record(z.string(), z.number().nullable()),
});
export type RunRecord = z.infer<typeof recordSchema>;

export class Ledger {
  readonly #file: number;
  readonly #records = new Map<string, RunRecord>();
  #unsynced = 0;

  /** @throws HarnessError `bad-input` when a line before the last one is not a record */
  constructor(path: string) {
    for (const record of existsSync(path) ? recover(path) : []) this.#keep(record);
    this.#file = openSync(path, 'a');
  }

  has(point: number, replication: number): boolean {
    return this.#records.has(keyOf(point, replication));
  }

  append(record: RunRecord): void {
    // In one write: what the kernel has survives the death of this process.
    writeSync(this.#file, `${JSON.stringify(record)}\n`);
    this.#keep(record);
    if (++this.#unsynced >= syncEvery) this.sync();
  }

  /** Makes sure that what was appended survives the death of the machine, too. */
  sync(): void {
    fsyncSync(this.#file);
    this.#unsynced = 0;
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
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

const syncEvery = 64;

const keyOf = (point: number, replication: number): string => `${point}/${replication}`;

/** Reads the whole lines and cuts off what is left of one that was being written. */
function recover(path: string): RunRecord[] {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const parsed = recordSchema.safeParse(parseJson(line));
    if (!parsed.success) throw badInput(`${path}: expected a finished run in line ${index + 1}, got something else`);
    return parsed.data;
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
