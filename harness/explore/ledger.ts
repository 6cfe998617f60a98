/** What an exploration has done, one line for each seed that was tried and for each failure that was shrunk. */
import { z } from 'zod';
import { verdicts } from '../result/summary.js';
import { searchStates } from '../shrink/folder.js';

const checkFailure = z.object({ check: z.string(), detail: z.string() });

const triedSchema = z.object({
  line: z.literal('tried'),
  seed: z.int(),
  /** A run whose lab broke, or whose checks could not all be judged, is `unknown`. */
  verdict: z.enum(verdicts),
  /** Why it is unknown. */
  reasons: z.array(z.string()),
  failed: z.array(checkFailure),
  /** How many faults the seed drew. */
  faults: z.int().min(0),
  /** The run's folder, from the exploration's; null when it was not kept. */
  folder: z.string().nullable(),
});
export type Tried = z.infer<typeof triedSchema>;

const shrunkSchema = z.object({
  line: z.literal('shrunk'),
  seed: z.int(),
  check: z.string(),
  /** How the search ended. */
  state: z.enum(searchStates),
  /** What the check said of the smallest schedule. */
  detail: z.string(),
  /** Faults of the whole schedule, and of the smallest; null when the check did not fail again. */
  of: z.int().min(0),
  faults: z.int().min(0).nullable(),
  /** Kinds and roles of the faults left, each once, e.g. `kill on poolElement`. */
  shape: z.array(z.string()),
  runs: z.int().min(0),
  /** The search's folder, from the exploration's. */
  search: z.string(),
});
export type Shrunk = z.infer<typeof shrunkSchema>;

export const recordSchema = z.discriminatedUnion('line', [triedSchema, shrunkSchema]);
export type Record = z.infer<typeof recordSchema>;
