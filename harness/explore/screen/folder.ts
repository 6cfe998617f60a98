/**
 * The folder of a search in the model: `screening.json` says what it is and what it found, `screened.ndjson` and
 * `confirmed.ndjson` what is done, `runs/` has the lab's runs that did not pass.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../base/write-whole.js';
import { makeFolder, readStored } from '../store.js';
import { agreementSchema } from './agreement.js';

const count = z.int().min(0);
const setting = z.union([z.string(), z.number(), z.boolean()]);

/** `screening.json`. */
export const screeningSchema = z.object({
  schemaVersion: z.literal(1),
  experiment: z.string(),
  /** The experiment's file as given on the command line. */
  file: z.string(),
  point: z.record(z.string(), setting),
  /** Lengths in seconds. */
  phases: z.record(z.string(), z.number()),
  firstSeed: z.int(),
  seeds: z.int().min(1),
  /** Whether the model does what RSPLIB does beside the protocols. */
  quirks: z.boolean(),
  /** The lab that tries what the model found, and how many schedules. */
  confirm: z.string(),
  top: z.int().min(1),
  /** Of the first seed's plan: a search goes on with the same one only. */
  planSha256: z.string(),
  versions: z.record(z.string(), z.string().nullable()),
  state: z.enum(['running', 'interrupted', 'complete']),
  screened: z.object({
    seeds: count,
    /** Runs by the set of checks that they fail, the empty one for none. */
    kinds: z.record(z.string(), count),
    /** Seconds of real time. */
    seconds: z.number().min(0),
  }),
  confirmed: z.object({ runs: count, passed: count, failed: count, unknown: count, seconds: z.number().min(0) }),
  agreement: z.array(agreementSchema),
});
export type Screening = z.infer<typeof screeningSchema>;

const fileName = 'screening.json';

/** @throws HarnessError `bad-input` when it cannot be made */
export function createScreeningFolder(out: string, id: string, screening: Screening): string {
  const folder = makeFolder(out, screening.experiment, id);
  storeScreening(folder, screening);
  return folder;
}

export const storeScreening = (folder: string, screening: Screening): void =>
  writeWhole(join(folder, fileName), `${JSON.stringify(screening, null, 2)}\n`);

export const isScreening = (folder: string): boolean => existsSync(join(folder, fileName));

/** @throws HarnessError `bad-input` when the folder holds none */
export const readScreening = (folder: string): Screening =>
  readStored(folder, fileName, screeningSchema, { folder: 'the folder of a search', content: 'a search' });
