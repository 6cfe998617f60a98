/**
 * What a lab's instruments are worth on a machine: what was asked of them beside what they did. One file per lab and
 * machine in the cache; runs and reports quote it.
 */
import { z } from 'zod';

/** What decides how exact a lab is: a calibration is worth nothing for another machine, kernel or version. */
export const fingerprintSchema = z.strictObject({
  lab: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memoryGiB: z.int(),
  /** Release of the machine's kernel. */
  hostKernel: z.string(),
  /** Release of the kernel that emulates the networks: the same one, or that of the lab kernel. */
  labKernel: z.string(),
  node: z.string(),
  rsplab: z.string(),
  rsplib: z.string().nullable(),
  iproute2: z.string().nullable(),
  /** Null for labs without a kernel of their own. */
  userModeLinux: z.string().nullable(),
});
export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** SI units. */
export const calibrationUnits = ['seconds', 'percent', 'bitsPerSecond', 'packets'] as const;
export type CalibrationUnit = (typeof calibrationUnits)[number];

/**
 * `within`: the whole interval lies within the tolerance. `outside`: none of it does. `undecided`: the limit is inside
 * the interval, or there is none: too little data, and nothing is claimed.
 */
export const calibrationVerdicts = ['within', 'outside', 'undecided'] as const;
export type CalibrationVerdict = (typeof calibrationVerdicts)[number];

export const calibrationLineSchema = z.object({
  /** Stable name of the line, e.g. `delay-10ms`. */
  key: z.string(),
  /** For people, e.g. `one-way delay of 10 ms, mean`. */
  what: z.string(),
  unit: z.enum(calibrationUnits),
  asked: z.number(),
  /** Null when there was nothing to measure. */
  measured: z.number().nullable(),
  /** 95 % interval of what was measured; null where the sample is too small to tell. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Observations: packets, faults, timers, seconds. */
  n: z.int().min(0),
  /** The largest difference from what was asked that is tolerated, in the same unit. */
  tolerance: z.number(),
  verdict: z.enum(calibrationVerdicts),
});
export type CalibrationLine = z.infer<typeof calibrationLineSchema>;

export const calibrationSchema = z.object({
  schemaVersion: z.literal(1),
  lab: z.string(),
  /** When it began, in ISO 8601, UTC. */
  date: z.string(),
  form: z.enum(['full', 'quick']),
  seconds: z.number(),
  fingerprint: fingerprintSchema,
  /** Of the fingerprint; part of the file's name. */
  hash: z.string(),
  lines: z.array(calibrationLineSchema),
  /** What a reader should know beside the numbers. */
  notes: z.array(z.string()),
  /** `within` when every line is. */
  verdict: z.enum(calibrationVerdicts),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** What a run says about the calibration of its lab. */
export const calibrationQuoteSchema = z.object({
  /** Makes a calibration of this lab. */
  command: z.string(),
  /** Null when this lab was never calibrated on this machine as it was during the run. */
  quoted: calibrationSchema
    .pick({ date: true, form: true, hash: true, lines: true, verdict: true })
    .extend({
      /** Lines that are not within their tolerance. */
      outside: z.array(z.string()),
    })
    .nullable(),
});
export type CalibrationQuote = z.infer<typeof calibrationQuoteSchema>;
