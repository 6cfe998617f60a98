/** The folder of a sweep: `sweep.json` says what it is, the ledger what is done, the tables what came out. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { badInput, messageOf } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import { writeWhole } from '../base/write-whole.js';

const values = z.array(z.union([z.string(), z.number(), z.boolean()]));

/** `sweep.json`: the public description of a sweep. */
export const sweepSchema = z.object({
  schemaVersion: z.literal(1),
  experiment: z.string(),
  question: z.string().nullable(),
  expectation: z.string().nullable(),
  /** The experiment's file as given on the command line. */
  file: z.string(),
  on: z.string(),
  seed: z.int(),
  /** Runs per point; replication r has the same seed at every point. */
  replications: z.int().min(1),
  /** What the points are made of, the last name varying fastest. */
  vary: z.record(z.string(), values),
  /** The values that were asked for instead of the experiment's own. */
  restriction: z.record(z.string(), values),
  /** Phase lengths in seconds that were asked for instead of the experiment's own. */
  phases: z.record(z.string(), z.number()),
  points: z.int().min(1),
  /** Of all plans: a sweep is resumed with the same ones only. */
  plansSha256: z.string(),
  versions: z.record(z.string(), z.string().nullable()),
  /** The part of all runs that it has; null for all of them. */
  shard: z
    .object({ number: z.int().min(1), of: z.int().min(1) })
    .nullable()
    .default(null),
  /** `running` also for a sweep that was killed; its tables are there once it is `complete` or `failed`. */
  state: z.enum(['running', 'interrupted', 'complete', 'failed']),
  /** Points, or runs of them, of which nothing came. */
  failures: z.array(
    z.object({
      point: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      /** Null for a point that could not be planned. */
      replication: z.int().nullable(),
      seed: z.int().nullable(),
      reason: z.string(),
    }),
  ),
});
export type SweepDescription = z.infer<typeof sweepSchema>;
export type SweepFailure = SweepDescription['failures'][number];

const descriptionName = 'sweep.json';
export const ledgerName = 'ledger.ndjson';

/** Whether there is a sweep to go on with. */
export const isSweep = (folder: string): boolean => existsSync(join(folder, descriptionName));

/** @throws HarnessError `bad-input` when it cannot be made */
export function createSweepFolder(out: string, id: string, description: SweepDescription): string {
  const folder = resolve(out, description.experiment, id);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw badInput(`Expected a folder for results that can be made, got ${out}: ${messageOf(error)}`, error);
  }
  describe(folder, description);
  return folder;
}

export const describe = (folder: string, description: SweepDescription): void =>
  writeWhole(join(folder, descriptionName), `${JSON.stringify(description, null, 2)}\n`);

/**
 * @param option that named the folder, for people
 * @throws HarnessError `bad-input` when the folder holds no sweep
 */
export function readDescription(folder: string, option = '--resume'): SweepDescription {
  const path = join(folder, descriptionName);
  if (!isSweep(folder)) throw badInput(`${option}: expected a sweep's folder, got ${folder}, which has no sweep.json`);
  const parsed = sweepSchema.safeParse(readJson(readFileSync(path, 'utf8')));
  if (!parsed.success) throw badInput(`${path}: expected a sweep's description of schemaVersion 1, got something else`);
  return parsed.data;
}

/**
 * The experiment's newest sweep.
 * @throws HarnessError `bad-input` when there is none
 */
export function latestSweep(out: string, experiment: string): string {
  const folder = resolve(out, experiment);
  const ids = existsSync(folder) ? readdirSync(folder).sort().reverse() : [];
  const latest = ids.find((id) => isSweep(join(folder, id)));
  if (!latest) throw badInput(`--resume: expected a sweep of ${experiment} in ${out}, got none`);
  return join(folder, latest);
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** What two descriptions say of the same thing. */
export interface Difference {
  readonly what: string;
  readonly had: string;
  readonly has: string;
}

/** Why runs of two sweeps do not belong into one table; null when they do. Fewer replications than before are none. */
export function differenceOf(before: SweepDescription, now: SweepDescription): Difference | null {
  const pairs: [what: string, had: unknown, has: unknown][] = [
    ['experiment', before.experiment, now.experiment],
    ['subject', before.on, now.on],
    ['seed', before.seed, now.seed],
    ['plans', before.plansSha256.slice(0, 8), now.plansSha256.slice(0, 8)],
    ['replications or more', before.replications, Math.min(before.replications, now.replications)],
    ...versionsThatCount(before).map((name): (typeof pairs)[number] => {
      const versionIn = ({ versions }: SweepDescription) => versions[name] ?? 'none';
      return [`version of ${name}`, versionIn(before), versionIn(now)];
    }),
  ];
  const found = pairs.find(([, had, has]) => had !== has);
  return found ? { what: found[0], had: String(found[1]), has: String(found[2]) } : null;
}

/** RSPLIB has no part in simulations, and sweeps of earlier versions do not know their code. */
const versionsThatCount = ({ on, versions }: SweepDescription): string[] => [
  ...['rsplab', 'node', 'machine'],
  ...(on === 'sim' ? [] : ['rsplib']),
  ...(versions.code === undefined ? [] : ['code']),
];
