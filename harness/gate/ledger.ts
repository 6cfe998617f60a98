/** What a gate has run, one line of JSON per run, so that a gate that was killed goes on where it was. */
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { z } from 'zod';
import { badInput } from '../base/errors.js';
import { gateSampleSchema } from './sample.js';

export const sideNames = ['old', 'new'] as const;
export type SideName = (typeof sideNames)[number];

const recordSchema = z.object({
  /** Index of the point in the gate. */
  point: z.int().min(0),
  side: z.enum(sideNames),
  /** Counts from 1. */
  replication: z.int().min(1),
  /** Null when the lab broke. */
  sample: gateSampleSchema.nullable(),
  broken: z.string().nullable(),
});
export type GateRecord = z.infer<typeof recordSchema>;

export class GateLedger {
  readonly #records: GateRecord[];

  /** @throws HarnessError `bad-input` when a line before the last one is no record */
  constructor(private readonly path: string) {
    this.#records = existsSync(path) ? recover(path) : [];
  }

  append(record: GateRecord): void {
    appendFileSync(this.path, `${JSON.stringify(record)}\n`);
    this.#records.push(record);
  }

  get records(): readonly GateRecord[] {
    return this.#records;
  }

  of(point: number, side: SideName, replication: number): readonly GateRecord[] {
    return this.#records.filter((it) => it.point === point && it.side === side && it.replication === replication);
  }

  /** The samples of a side from the first replication on, up to the first that is missing. */
  samples(point: number, side: SideName): NonNullable<GateRecord['sample']>[] {
    const found = new Map(
      this.#records
        .filter((it) => it.point === point && it.side === side && it.sample !== null)
        .map(({ replication, sample }) => [replication, sample!]),
    );
    const samples = [];
    for (let at = 1; found.has(at); at++) samples.push(found.get(at)!);
    return samples;
  }
}

/** Reads the whole lines and cuts off what is left of one that was being written. */
function recover(path: string): GateRecord[] {
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
