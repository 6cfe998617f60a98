import { z } from 'zod';

/**
 * The journal of a run, `events.ndjson`: one event per line in the order it happened, written as it happens. `time` is
 * seconds since the run began; the first event ties that moment to the lab's own wall clock.
 */
const time = z.number();

export const phaseNames = ['open', 'deploy', 'settle', 'warmUp', 'measure', 'drain', 'collect', 'end'] as const;
export type PhaseName = (typeof phaseNames)[number];

export const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('begin'), time, epoch: z.number(), lab: z.string(), kernel: z.string() }),
  z.object({ event: z.literal('phase'), time, phase: z.enum(phaseNames) }),
  z.object({
    event: z.literal('processStarted'),
    time,
    host: z.string(),
    pid: z.number(),
    command: z.array(z.string()),
  }),
  z.object({
    event: z.literal('processEnded'),
    time,
    host: z.string(),
    pid: z.number(),
    exitCode: z.number().nullable(),
    signal: z.string().nullable(),
  }),
  z.object({
    event: z.literal('faultInjected'),
    time,
    /** Counts the faults of a run from 1; one schedule entry that hits three hosts makes three. */
    id: z.int(),
    kind: z.string(),
    host: z.string(),
    /** The network that was hit; null for the whole host. */
    network: z.string().nullable(),
    intendedAt: z.number(),
    /** When the fault began to bite: the moment before the first action on the host. */
    injectedAt: z.number(),
    /** What shows that it took effect; null when nothing did, which makes the run unknown. */
    evidence: z.string().nullable(),
    /** Addresses of the host when it was hit, one per leg. */
    addresses: z.array(z.string()),
  }),
  z.object({
    event: z.literal('faultHealed'),
    time,
    id: z.int(),
    host: z.string(),
    healedAt: z.number(),
    addresses: z.array(z.string()),
  }),
  z.object({ event: z.literal('faultSkipped'), time, kind: z.string(), intendedAt: z.number(), reason: z.string() }),
  /** How many sessions each pool element has at this moment; written when that changed. */
  z.object({ event: z.literal('sessions'), time, elements: z.record(z.string(), z.int()) }),
  /** In virtual time: how busy the processor was since the measurement began, in percent of that time. */
  z.object({ event: z.literal('load'), time, seconds: z.number(), busy: z.number() }),
  z.object({ event: z.literal('broken'), time, reason: z.string() }),
  z.object({ event: z.literal('note'), time, text: z.string() }),
]);

export type JournalEvent = z.infer<typeof eventSchema>;
/** An event before its time is stamped on it. */
export type UntimedEvent = JournalEvent extends infer E ? (E extends JournalEvent ? Omit<E, 'time'> : never) : never;
