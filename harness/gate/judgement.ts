/** What the gate says of one metric or check at one point: the public part of `gate.json`. */
import { z } from 'zod';
import { gateMetricNames } from '../experiment/gate.js';
import { limitReasons } from './limits.js';

const number = z.number().nullable();

/** `none`: neither side has a value, so there is nothing to judge. */
export const gateVerdicts = ['pass', 'fail', 'unknown', 'none'] as const;
export type GateVerdict = (typeof gateVerdicts)[number];

const sideSchema = z.object({
  /** The mean over runs, the geometric one where the change is a ratio; null without any value. */
  mean: number,
  /** Its 95 % interval; null with fewer than two runs. */
  low: number,
  high: number,
  /** Runs that have a value. */
  runs: z.int(),
  /** Those values, in the order of the runs. */
  values: z.array(z.number()),
});
export type GateSide = z.infer<typeof sideSchema>;

/** New against old: a fraction of the old value on the `ratio` scale (0.1 is 10 % more), else new less old. */
const changeSchema = z.object({
  scale: z.enum(['ratio', 'difference']),
  value: z.number(),
  /** What decides: the bounds beyond which a failure, and a pass, are sure. Null where the spread is not known. */
  low: number,
  high: number,
});
export type GateChange = z.infer<typeof changeSchema>;

export const metricJudgementSchema = z.object({
  metric: z.enum(gateMetricNames),
  label: z.string(),
  unit: z.enum(['seconds', 'percent', 'count']),
  better: z.enum(['lower', 'higher']),
  old: sideSchema,
  new: sideSchema,
  change: changeSchema.nullable(),
  /** How much worse it may get: a fraction of the old value for a ratio, else in the unit. */
  limit: z.object({ value: z.number(), why: z.enum(limitReasons) }),
  verdict: z.enum(gateVerdicts),
  /** Surely better, and by more than half the limit. */
  improved: z.boolean(),
  /** One sentence that says why. */
  words: z.string(),
  /** What fresh runs alone said of a failure. */
  confirmed: z.object({ runs: z.int(), change: changeSchema }).nullable(),
  /** Runs on each side that would probably settle it; null when it is settled or nobody knows. */
  runsNeeded: z.int().nullable(),
});
export type MetricJudgement = z.infer<typeof metricJudgementSchema>;

export const checkJudgementSchema = z.object({
  check: z.string(),
  verdict: z.enum(gateVerdicts),
  words: z.string(),
  /** Runs of which it passes, fails, and that say nothing of it. */
  old: z.object({ pass: z.int(), fail: z.int(), unknown: z.int() }),
  new: z.object({ pass: z.int(), fail: z.int(), unknown: z.int() }),
});
export type CheckJudgement = z.infer<typeof checkJudgementSchema>;
export type CheckCount = CheckJudgement['new'];

/** A suspicion that fresh runs did not confirm. */
export const clearedSchema = z.object({
  /** A metric or a check. */
  what: z.string(),
  /** At which look, counted from 1. */
  look: z.int(),
  words: z.string(),
});
export type Cleared = z.infer<typeof clearedSchema>;

export const pointJudgementSchema = z.object({
  /** Passed because nothing changed: equal fingerprints, and equal results in one run. */
  identical: z.boolean(),
  /** Judgements taken, each after more runs. */
  looks: z.int(),
  metrics: z.array(metricJudgementSchema),
  checks: z.array(checkJudgementSchema),
  cleared: z.array(clearedSchema),
});
export type PointJudgement = z.infer<typeof pointJudgementSchema>;
