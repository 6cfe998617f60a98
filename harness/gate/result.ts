/** `gate.json`: the public result of a gate. SI units; percent where a metric is one. */
import { z } from 'zod';
import { verdicts } from '../result/summary.js';
import { pointJudgementSchema } from './judgement.js';
import { gateSampleSchema } from './sample.js';

export const gateStates = ['running', 'complete', 'interrupted'] as const;

const runSchema = z.object({
  side: z.enum(['old', 'new']),
  replication: z.int(),
  /** Null when the lab broke. */
  sample: gateSampleSchema.nullable(),
  broken: z.string().nullable(),
});
export type GateRun = z.infer<typeof runSchema>;

export const gatePointSchema = pointJudgementSchema.extend({
  /** As in `element-kill, keepAlive 1`. */
  name: z.string(),
  experiment: z.string(),
  file: z.string(),
  question: z.string().nullable(),
  point: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  verdict: z.enum(verdicts),
  /** Why nothing can be said, when the lab broke. */
  reasons: z.array(z.string()),
  /** Of the old and the new side. */
  fingerprints: z.object({ old: z.string().nullable(), new: z.string().nullable() }),
  /** How the sides were held against each other. */
  paired: z.boolean(),
  replications: z.int(),
  budget: z.int(),
  runs: z.array(runSchema),
});
export type GatePointResult = z.infer<typeof gatePointSchema>;

export const gateResultSchema = z.object({
  schemaVersion: z.literal(1),
  state: z.enum(gateStates),
  verdict: z.enum(verdicts),
  on: z.string(),
  clock: z.string(),
  /** When it began, ISO 8601, UTC. */
  date: z.string(),
  /** Wall time of the whole gate, without the time between an interruption and its end. */
  seconds: z.number(),
  /** Of the program under test, when CI told it. */
  commit: z.string().nullable(),
  seed: z.int(),
  /** The new side's programs, and the old side's or its baseline. */
  with: z.record(z.string(), z.string()),
  against: z.record(z.string(), z.string()).nullable(),
  baseline: z.object({ file: z.string(), date: z.string() }).nullable(),
  versions: z.record(z.string(), z.string().nullable()),
  points: z.array(gatePointSchema),
  /** What a reader should know all the same. */
  notes: z.array(z.string()),
  /** The command that does all this again. */
  command: z.string(),
});
export type GateResult = z.infer<typeof gateResultSchema>;
