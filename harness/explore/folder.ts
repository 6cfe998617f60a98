/**
 * The folder of an exploration: `exploration.json` says what it is and what it found, the ledger what is done,
 * `findings/` has a plan for each group of findings.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../base/write-whole.js';
import { searchStates } from '../shrink/folder.js';
import { makeFolder, readStored } from './store.js';

const count = z.int().min(0);
const failure = z.object({ seed: z.int(), check: z.string(), detail: z.string() });

/** `exploration.json`: the public description of an exploration and its result. */
export const explorationSchema = z.object({
  schemaVersion: z.literal(1),
  experiment: z.string(),
  question: z.string().nullable(),
  expectation: z.string().nullable(),
  /** The experiment's file as given on the command line. */
  file: z.string(),
  on: z.string(),
  point: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Lengths in seconds. */
  phases: z.record(z.string(), z.number()),
  /** Seeds are tried one after the other from here. */
  firstSeed: z.int(),
  /** How many seeds; null when time decides. */
  seeds: z.int().min(1).nullable(),
  /** Seconds of real time; null when seeds decide. */
  forSeconds: z.number().positive().nullable(),
  /** Runs of each search for fewer faults. */
  maxRuns: z.int().min(1),
  /** Of the first seed's plan: an exploration goes on with the same one only. */
  planSha256: z.string(),
  /** Of the machine in virtual time, without which no finding fails exactly so again; null on other subjects. */
  fingerprint: z.string().nullable(),
  versions: z.record(z.string(), z.string().nullable()),
  /** `running` also for one that was killed. */
  state: z.enum(['running', 'interrupted', 'complete']),
  /** Seconds of real time that it took so far. */
  spentSeconds: z.number().min(0),
  /** Runs in all, those of the searches included. */
  runs: count,
  tried: z.object({ seeds: count, passed: count, failed: count, unknown: count }),
  /** Findings that are alike, the most frequent first. */
  groups: z.array(
    z.object({
      id: z.string(),
      check: z.string(),
      /** Kinds and roles of the faults left over; empty when the check fails without any. */
      shape: z.array(z.string()),
      seeds: z.array(z.int()),
      smallest: z.object({
        seed: z.int(),
        faults: count,
        /** Of so many. */
        of: count,
        /** `minimal`: none can be left out. */
        state: z.enum(searchStates),
        detail: z.string(),
        /** From the exploration's folder. */
        plan: z.string(),
        replay: z.string(),
      }),
    }),
  ),
  /** Failed checks that are not shrunk yet. */
  unfinished: z.array(failure),
  /** Failed checks that did not fail again, so that nothing could be left out; never on virtual. */
  unconfirmed: z.array(failure),
  /** Seeds of which nothing can be said. */
  unknown: z.array(z.object({ seed: z.int(), reasons: z.array(z.string()) })),
});
export type Exploration = z.infer<typeof explorationSchema>;

const fileName = 'exploration.json';
export const ledgerName = 'ledger.ndjson';

/** @throws HarnessError `bad-input` when it cannot be made */
export function createExplorationFolder(out: string, id: string, exploration: Exploration): string {
  const folder = makeFolder(out, exploration.experiment, id, ['findings']);
  storeExploration(folder, exploration);
  return folder;
}

export const storeExploration = (folder: string, exploration: Exploration): void =>
  writeWhole(join(folder, fileName), `${JSON.stringify(exploration, null, 2)}\n`);

export const isExploration = (folder: string): boolean => existsSync(join(folder, fileName));

/** @throws HarnessError `bad-input` when the folder holds no exploration */
export const readExploration = (folder: string): Exploration =>
  readStored(folder, fileName, explorationSchema, { folder: 'an exploration’s folder', content: 'an exploration' });
