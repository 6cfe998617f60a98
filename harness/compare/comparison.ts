/**
 * `comparison.json`: what was measured, held against what was predicted (or against other runs), per point of a grid.
 * SI units: seconds, calculations, calculations per second; percent where the name says so. Nulls are what cannot be
 * told.
 */
import { z } from 'zod';
import { stageNames } from '../result/rows.js';

const number = z.number().nullable();
const count = z.int().min(0);

export const metricNames = [
  'queuing',
  'startup',
  'processing',
  'handling',
  'handlingSpeed',
  'handlingSpeedPerRequest',
  'utilisation',
  'failoverCount',
  'failoverDelay',
  ...stageNames,
  'repeatedCalculations',
  'startingFailoverDelay',
] as const;
export type MetricName = (typeof metricNames)[number];

/** A quantile of the single observations, with a 95 % interval from a block bootstrap. */
const quantileSchema = z.object({
  p: z.number(),
  value: z.number(),
  /** Null when there are too few observations, or too few units to draw from. */
  low: number,
  high: number,
});

/** What one side says about a metric. */
export const estimateSchema = z.object({
  /** The mean over runs of each run's own value; of one run: its value. */
  value: z.number(),
  /** 95 % interval (Student's t); null with fewer than two units. */
  low: number,
  high: number,
  /** What the interval takes for independent: runs or, of one run alone, its faults or its users. */
  unit: z.enum(['run', 'fault', 'user']),
  units: count,
  /** Requests or failovers behind the value; 0 for a metric that belongs to a whole run, as the utilisation. */
  observations: count,
  /** Fewer than ten units: to be read with care. */
  small: z.boolean(),
  /** Of the single observations; empty for a metric that belongs to a whole run. */
  quantiles: z.array(quantileSchema),
});
export type MetricEstimate = z.infer<typeof estimateSchema>;

export const outcomes = ['agrees', 'differs', 'notEnoughData'] as const;
export type EquivalenceOutcome = (typeof outcomes)[number];

export const differenceSchema = z.object({
  /** Measured less reference. */
  value: z.number(),
  /** As a fraction of the reference; null when that is zero. */
  relative: number,
  /** 95 % interval; null when the spread is not known. */
  low: number,
  high: number,
  /**
   * Where the spread comes from. `welch`: both sides have several runs. `oneRun`: one side is a single run, which is
   * taken to spread as the other side's runs do, or as its own faults or users do if that is more. `withinRuns`: one
   * run each: over faults or users, which leaves out the spread between runs. `none`: it is not known.
   */
  method: z.enum(['welch', 'oneRun', 'withinRuns', 'none']),
  outcome: z.enum(outcomes),
  /** Probabilities of error of the two one-sided tests; the larger one is the test's. Null without a spread. */
  equivalenceP: number,
  /**
   * Measured runs in all (of two sides of real runs: on each side) that would probably, at 80 %, settle it. Null when
   * it is settled, when the spread is not known, or when 10,000 would not.
   */
  replicationsNeeded: z.int().nullable(),
});
export type MetricDifference = z.infer<typeof differenceSchema>;

/** One metric: the measured side, and every reference in the order of {@link PointComparison.references}. */
export const metricSchema = z.object({
  metric: z.enum(metricNames),
  label: z.string(),
  unit: z.enum(['seconds', 'percent', 'calculations', 'count']),
  measured: estimateSchema.nullable(),
  references: z.array(z.object({ estimate: estimateSchema.nullable(), difference: differenceSchema.nullable() })),
});
export type MetricComparison = z.infer<typeof metricSchema>;

/** What each stage adds to the difference of the failover delay: over failovers of running requests that resumed. */
export const contributionSchema = z.object({
  reference: z.string(),
  measuredDelay: z.number(),
  referenceDelay: z.number(),
  difference: z.number(),
  stages: z.array(
    z.object({
      stage: z.enum(stageNames),
      measured: z.number(),
      reference: z.number(),
      /** These add up to the difference of the delay. */
      difference: z.number(),
      /** Of that difference; above 1 or below 0 where stages work against each other; null when it is zero. */
      share: number,
    }),
  ),
});
export type Contribution = z.infer<typeof contributionSchema>;

/** Empirical distribution: the share `p` of the observations is at most `x`. At most 200 steps. */
export const ecdfSchema = z.array(z.object({ x: z.number(), p: z.number() }));
export type EcdfPoints = z.infer<typeof ecdfSchema>;

export const distributionSchema = z.object({
  metric: z.enum(metricNames),
  measured: ecdfSchema,
  /** In the order of {@link PointComparison.references}. */
  references: z.array(ecdfSchema),
});
export type MetricDistribution = z.infer<typeof distributionSchema>;

export const referenceSchema = z.object({
  /** `rspsim`, `deployment`, or the name of the other runs. */
  name: z.string(),
  kind: z.enum(['model', 'runs']),
  /** Simulated replications, or other runs. */
  runs: count,
  /** Why this model cannot predict the plan; null when it can. */
  notRepresentable: z.string().nullable(),
});
export type Reference = z.infer<typeof referenceSchema>;

export const pointComparisonSchema = z.object({
  point: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The measured runs, `experiment/run id`. */
  runs: z.array(z.string()),
  /** Equal within this fraction of the reference counts as equal (from the plan). */
  margin: z.number(),
  references: z.array(referenceSchema),
  metrics: z.array(metricSchema),
  /** One for each reference that has failovers, as the measured side has. */
  contributions: z.array(contributionSchema),
  /** Empty where it was not asked for (sweeps). */
  distributions: z.array(distributionSchema),
  /** Sentences that explain differences. */
  findings: z.array(z.string()),
  /** Sentences that a reader has to know: small samples, broken runs, replayed faults. */
  notes: z.array(z.string()),
});
export type PointComparison = z.infer<typeof pointComparisonSchema>;

export const comparisonSchema = z.object({
  schemaVersion: z.literal(1),
  experiment: z.string(),
  /** What was measured, e.g. `element-power-off/20261123-093012-1a2b3c`. */
  measured: z.string(),
  /** `sim`, or the name of the runs that it is held against. */
  with: z.string(),
  confidence: z.number(),
  points: z.array(pointComparisonSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;
