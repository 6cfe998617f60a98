/**
 * The folder of a search: `shrink.json` says how far it has come and is written anew after every run, so that a search
 * that was killed can be read, and goes on where it was.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput, messageOf } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import { scheduledFaultSchema } from '../fault/schedule.js';
import { verdicts } from '../result/summary.js';

const trialSchema = z.object({
  /** Which faults of the schedule were left in, counted from 0. */
  faults: z.array(z.int().min(0)),
  /** Each repetition: the run's folder within the search's, what it said about the check, whether the lab broke. */
  runs: z.array(
    z.object({ folder: z.string(), verdict: z.enum(verdicts), detail: z.string(), broken: z.boolean().default(false) }),
  ),
  /** Whether these faults fail the check; null while that is not decided. */
  fails: z.boolean().nullable(),
});
export type Trial = z.infer<typeof trialSchema>;

export const searchStates = ['running', 'minimal', 'exhausted', 'undecided', 'not reproduced'] as const;

/** `shrink.json`: the public description of a search. */
export const shrinkSchema = z.object({
  schemaVersion: z.literal(1),
  experiment: z.string(),
  /** The run whose check failed. */
  run: z.string(),
  check: z.string(),
  on: z.string(),
  /** Runs for each candidate; it fails when one of them does. */
  repeat: z.int().min(1),
  maxRuns: z.int().min(1),
  /** All faults of the run, each on its own. */
  schedule: z.array(scheduledFaultSchema),
  trials: z.array(trialSchema),
  /** The smallest set of faults known to fail the check; null when not even all of them did again. */
  smallest: z.array(z.int().min(0)).nullable(),
  /**
   * `minimal`: none of the faults can be left out; `exhausted`: the runs were used up before that was known;
   * `undecided`: the lab broke too often for that to be known; `not reproduced`: all faults together did not fail the
   * check again.
   */
  state: z.enum(searchStates),
  /** The command that runs the smallest failing schedule; null while there is none. */
  replay: z.string().nullable(),
});
export type Search = z.infer<typeof shrinkSchema>;

const searchFile = 'shrink.json';

export const isSearch = (folder: string): boolean => existsSync(join(folder, searchFile));

/** @throws HarnessError `bad-input` when it cannot be made */
export function createSearchFolder(out: string, id: string, search: Search): string {
  const folder = resolve(out, search.experiment, id);
  try {
    mkdirSync(join(folder, 'plans'), { recursive: true });
  } catch (error) {
    throw badInput(`Expected a folder for results that can be made, got ${out}: ${messageOf(error)}`, error);
  }
  storeSearch(folder, search);
  return folder;
}

export const storeSearch = (folder: string, search: Search): void =>
  writeWhole(join(folder, searchFile), `${JSON.stringify(search, null, 2)}\n`);

/** @throws HarnessError `bad-input` when the folder holds no search */
export function readSearch(folder: string): Search {
  const path = join(folder, searchFile);
  if (!isSearch(folder))
    throw badInput(`--resume: expected a search's folder, got ${folder}, which has no ${searchFile}`);
  try {
    return check(path, shrinkSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw badInput(`${path}: expected a search's description, got something else: ${messageOf(error)}`, error);
  }
}
