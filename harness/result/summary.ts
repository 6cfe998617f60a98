import { z } from 'zod';
import { calibrationQuoteSchema } from './calibration.js';

const count = z.int().min(0);

/** Seconds; nulls when there was nothing to measure. */
export const delaySchema = z.object({
  count,
  mean: z.number().nullable(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
});
export type DelaySummary = z.infer<typeof delaySchema>;

export const verdicts = ['pass', 'fail', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

export const checkResultSchema = z.object({ name: z.string(), verdict: z.enum(verdicts), detail: z.string() });
export type CheckResult = z.infer<typeof checkResultSchema>;

/** Percent of the time. */
const loadSchema = z.object({
  seconds: z.number(),
  /** Of the lab kernel's CPU, or of all the machine's. */
  busy: z.number(),
  /** The lab kernel could have run and had no CPU; null for labs without a kernel of their own. */
  waited: z.number().nullable(),
  /** Withheld by the machine's hypervisor; null in virtual time, where nobody can withhold any. */
  stolen: z.number().nullable(),
});

/** A machine in virtual time. The only section that differs between runs of one plan, seed and fingerprint. */
const machineSchema = z.object({
  /** Twelve hexadecimal digits that differ when any of the parts does. */
  fingerprint: z.string(),
  /** Versions and hashes of all that can change a result. */
  parts: z.record(z.string(), z.string()),
  /** Seconds of real time from the start of the machine to its end. */
  wallSeconds: z.number(),
  /** Virtual over real time, over the measurement and the drain; null when it never came to that. */
  speed: z.number().nullable(),
});

/** What attackers did and what came of it, over the whole run. */
export const attackSummarySchema = z.object({
  attackers: z.array(
    z.object({
      host: z.string(),
      attack: z.string(),
      pool: z.string(),
      /** Messages per second that were asked for. */
      rate: z.number(),
      /** Messages of the attack that went out, and those that were due but could not be sent in time. */
      sent: count,
      unsent: count,
      /** Answers to them. */
      accepted: count,
      rejected: count,
      /** Handle resolutions by which it learned whom to attack. */
      questions: count,
      /** Associations that the registrar or the kernel ended. */
      aborted: count,
    }),
  ),
  /** Elements that registrars removed for failure reports: those of the pool, and the attackers' own. */
  elementsRemoved: count,
  fakesRemoved: count,
  /** Messages that registrars refused for their rate. */
  reportsRefused: count,
  resolutionsRefused: count,
  /** Failovers within the measurement and drain that no injected fault explains. */
  failoversWithoutFault: count,
});
export type AttackSummary = z.infer<typeof attackSummarySchema>;

const resolutionsSchema = z.object({
  count,
  answered: count,
  /** Asked more than once before they were answered, or given up. */
  askedAgain: count,
  delay: delaySchema,
});

/** What befell registrars: there when there are several, or when a fault struck one. */
const registrarsSchema = z.object({
  /** Faults on registrars: `detection` until a peer missed it, `takeover` until a peer had taken its elements over. */
  takeovers: z.object({ count, detection: delaySchema, takeover: delaySchema }),
  /** Elements whose home was struck; `open` ones registered at no other registrar before the fault was healed. */
  rehomings: z.object({ count, open: count, delay: delaySchema }),
  /** Handle resolutions while a fault was at work on some registrar, and all others. */
  resolutions: z.object({ outage: resolutionsSchema, otherwise: resolutionsSchema }),
});
export type RegistrarNumbers = z.infer<typeof registrarsSchema>;

/** What clients of a pool of web servers saw, within the measurement and drain. */
export const webSummarySchema = z.object({
  requests: count,
  /** No answer, a status from 500 on, or no whole answer in time. */
  failed: count,
  /** Requests that more than one element was tried for, and how many were tried in vain. */
  retried: count,
  retries: count,
  /** The longest time in which a client that made requests got no whole answer, and when it began. */
  longestGap: z.object({ seconds: z.number(), from: z.number(), user: z.string() }).nullable(),
  /** Seconds from when a request was due to its whole answer, by when it was due: while a fault was at work, or not. */
  latency: z.object({ before: delaySchema, during: delaySchema, after: delaySchema }),
  /** Why requests failed, the most frequent reasons first. */
  errors: z.array(z.object({ error: z.string(), count })),
});
export type WebSummary = z.infer<typeof webSummarySchema>;

/** What the witnesses of a lab's run did not see. */
export const holesSchema = z.object({
  /** What is missing and what that leaves uncertain, for a reader. */
  sentences: z.array(z.string()),
  /** Of `requests`, those of which not all was seen; what is not known of them is in no mean. */
  requests: count,
  /** Failovers that may have been otherwise, or never; `failovers` is without them. */
  failovers: count,
  /** Seconds of the measurement and drain in which nothing was heard of some network. */
  silentSeconds: z.number(),
});

/** `summary.json`: the public result of a run. SI units, times in seconds since the run began. */
export const summarySchema = z.object({
  schemaVersion: z.literal(1),
  experiment: z.string(),
  on: z.string(),
  /** `real`; `virtual` for a machine whose clock counts instructions; `simulated` for the simulator's own time. */
  clock: z.enum(['real', 'virtual', 'simulated']),
  seed: z.int(),
  point: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /**
   * Requests of the measurement; `queued` is all of them: `completed + lost + open + unknown`. `unknown` are those of
   * which a hole hides what became of them; absent when there are none.
   */
  requests: z.object({ queued: count, completed: count, lost: count, open: count, unknown: count.optional() }),
  handlingSpeed: z.object({ calculationsPerSecond: z.number().nullable(), percentOfCapacity: z.number().nullable() }),
  utilisation: z.object({ percent: z.number().nullable() }),
  delays: z.object({ queuing: delaySchema, startup: delaySchema, processing: delaySchema, handling: delaySchema }),
  failovers: z.object({
    count,
    /** Failovers that had not resumed when the run ended. */
    open: count,
    delay: delaySchema,
    stages: z.object({
      detection: delaySchema,
      selection: delaySchema,
      connection: delaySchema,
      resumption: delaySchema,
    }),
  }),
  registrars: registrarsSchema.optional(),
  /** Absent when everything was seen, and for the simulator. */
  holes: holesSchema.optional(),
  faults: z.array(
    z.object({
      kind: z.string(),
      target: z.string(),
      intendedAt: z.number(),
      injectedAt: z.number(),
      healedAt: z.number().nullable(),
      evidence: z.string().nullable(),
    }),
  ),
  /** Only of runs with attackers. */
  attacks: attackSummarySchema.optional(),
  /** Only of runs with web users. */
  web: webSummarySchema.optional(),
  checks: z.array(checkResultSchema),
  verdict: z.enum(verdicts),
  /** Why the run is unknown, when it is. */
  reasons: z.array(z.string()),
  /** Computing time during measurement and drain; absent where none was watched, as in the simulator. */
  load: loadSchema.nullish(),
  /** What is known of the lab's instruments; absent for the simulator and in older summaries. */
  calibration: calibrationQuoteSchema.nullish(),
  /** Only of runs in virtual time. */
  machine: machineSchema.nullish(),
  versions: z.record(z.string(), z.string().nullable()),
  replay: z.string(),
});
export type Summary = z.infer<typeof summarySchema>;
