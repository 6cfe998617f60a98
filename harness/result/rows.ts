/**
 * What a run says about its requests and failovers, one row each: the same for a lab and for the simulator, so that
 * every measured number has its predicted twin. Times are seconds since the run began; null is what never happened.
 */
import { z } from 'zod';

const time = z.number().nullable();
const span = z.number().nullable();

/**
 * `completed`; `open`: being served or queued when the run ended; `lost`: given up by its user; `unknown`: not
 * completed as far as was seen, and not all was seen.
 */
export const requestStates = ['completed', 'open', 'lost', 'unknown'] as const;

/**
 * What of the row is not certain, because a witness has a hole, and why; null when all is certain. What is not known is
 * null in the other columns. Missing in older tables.
 */
const uncertain = z.string().nullish();

export const requestRowSchema = z.object({
  user: z.string(),
  id: z.int(),
  /** Calculations. Null when the request never showed its size. */
  size: z.number().nullable(),
  state: z.enum(requestStates),
  /** Generated and put into the user's queue. */
  queuedAt: time,
  /** Dequeued: a pool element is being looked for. */
  startedAt: time,
  /** First accepted by a pool element. */
  acceptedAt: time,
  completedAt: time,
  queuingDelay: span,
  startupDelay: span,
  processingTime: span,
  handlingTime: span,
  /** Calculations per second. */
  handlingSpeed: z.number().nullable(),
  /** Null when it cannot be told. */
  failovers: z.int().nullable(),
  /** The element that completed it, or served it last; null also when that cannot be told. */
  element: z.string().nullable(),
  uncertain,
});
export type RequestRow = z.infer<typeof requestRowSchema>;

export const stageNames = ['detection', 'selection', 'connection', 'resumption'] as const;
export type StageName = (typeof stageNames)[number];

export const failoverRowSchema = z.object({
  user: z.string(),
  requestId: z.int(),
  oldElement: z.string(),
  /** Null when no element took over before the run ended. */
  newElement: z.string().nullable(),
  /** The journal's fault that caused it; null when none did (the lab or the subject failed by itself). */
  faultId: z.int().nullable(),
  faultKind: z.string().nullable(),
  /**
   * `running`: the element had accepted the request; `starting`: the request was sent or about to be, and not accepted;
   * only `running` and `starting` failovers stall a request.
   */
  phase: z.enum(['running', 'starting']),
  faultAt: time,
  /** The user gives up on the old element. */
  detectedAt: time,
  /** The registrar's answer with the new element has arrived. */
  selectedAt: time,
  /** The association with the new element is up. */
  connectedAt: time,
  /** The new element's first answer to this request has arrived. */
  resumedAt: time,
  /** `resumedAt − faultAt`. */
  delay: span,
  detection: span,
  selection: span,
  connection: span,
  resumption: span,
  /** Calculations done twice; null when it cannot be told. */
  repeatedCalculations: z.number().nullable(),
  /** What the new element was told: the state cookie, or the request anew. Missing in simulations and older tables. */
  resumedBy: z.enum(['cookie', 'request']).nullish(),
  uncertain,
});
export type FailoverRow = z.infer<typeof failoverRowSchema>;

/**
 * What an attacker did in one second, and what came of it. `accepted` and `rejected` are answers to messages of the
 * attack; failure reports have none.
 */
export const attackRowSchema = z.object({
  attacker: z.string(),
  /** The end of that second. */
  at: z.number(),
  /** Messages of the attack that the kernel took. */
  sent: z.int(),
  /** Messages that were due and could not be sent in time: the machine or the registrar was too slow. */
  unsent: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  /** Handle resolutions by which it learns whom to attack. */
  questions: z.int(),
  /** Endpoint keep-alives that it answered for its elements. */
  keepAlives: z.int(),
  /** Associations begun with the registrar, and those that ended without its doing. */
  associations: z.int(),
  aborted: z.int(),
});
export type AttackRow = z.infer<typeof attackRowSchema>;

/** Where an attacker writes these rows as JSON, a line each, `at` in epoch seconds; below `logs/`. */
export const attackFile = (attacker: string): string => `${attacker}.ndjson`;

/** A session's keep-alive, of a user to its element or of an element to its user. */
export const keepAliveRowSchema = z.object({
  from: z.string(),
  to: z.string(),
  sentAt: z.number(),
  /** The answer has arrived; null when none came before the session or the capture ended. */
  answeredAt: time,
});
export type KeepAliveRow = z.infer<typeof keepAliveRowSchema>;

/** What one direction of an association did when the network that it used was cut at one of its hosts. */
export const pathRowSchema = z.object({
  faultId: z.int(),
  /** Whose leg was cut, and in which network. */
  host: z.string(),
  network: z.string().nullable(),
  /** Names one life of one SCTP association. */
  association: z.string(),
  from: z.string(),
  to: z.string(),
  faultAt: z.number(),
  /** The last data before the fault. */
  lastAt: time,
  /** The first data sent into the cut network; null when none was seen: what the cut host itself sends is not. */
  triedAt: time,
  /** The first data on another network: the path failover. */
  movedAt: time,
  /** Its acknowledgement has arrived. */
  acknowledgedAt: time,
  /** The association was ended before it moved. */
  endedAt: time,
  /** The network was whole again. */
  healedAt: time,
});
export type PathRow = z.infer<typeof pathRowSchema>;
