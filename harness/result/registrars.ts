/**
 * What a run says about its registrars, one row each: which of them failed, who took over, where elements and users
 * went. Times are seconds since the run began; null is what never happened or was never seen.
 */
import { z } from 'zod';

const time = z.number().nullable();
const span = z.number().nullable();

/** A fault that struck a registrar. */
export const takeoverRowSchema = z.object({
  faultId: z.int(),
  faultKind: z.string(),
  registrar: z.string(),
  faultAt: z.number(),
  healedAt: time,
  /** The peer that first found it silent for longer than its `peerMaxTimeLastHeard`, by its log. */
  noticedBy: z.string().nullable(),
  noticedAt: time,
  /** The first INIT_TAKEOVER for it on the wire or, with no peer left to be asked, in the log. */
  startedAt: time,
  /** The peer that says that it has taken it over, by its log, and when; null for one that was home of no elements. */
  takenOverBy: z.string().nullable(),
  endedAt: time,
  /** A peer gave its takeover up (`takeoverExpiryInterval`), by its log. */
  expiredAt: time,
  /** `noticedAt − faultAt`. */
  detection: span,
  /** `endedAt − faultAt`. */
  takeover: span,
  /** Elements whose home it was when it was struck. */
  elements: z.int(),
  /** Those of them that registered at another registrar before the fault was healed. */
  rehomed: z.int(),
});
export type TakeoverRow = z.infer<typeof takeoverRowSchema>;

/** An element whose home a fault struck. */
export const rehomingRowSchema = z.object({
  faultId: z.int(),
  element: z.string(),
  oldHome: z.string(),
  faultAt: z.number(),
  /** The registrar that it registered at next; null when it did not before the fault was healed. */
  newHome: z.string().nullable(),
  /** That registrar's first confirmation left. */
  rehomedAt: time,
  /** `rehomedAt − faultAt`. */
  delay: span,
});
export type RehomingRow = z.infer<typeof rehomingRowSchema>;

/** A user's handle resolution, from the first time it was asked, however many registrars it took. */
export const resolutionRowSchema = z.object({
  user: z.string(),
  /** The registrar asked first. */
  asked: z.string(),
  askedAt: z.number(),
  /** How often it was asked, of whomever. */
  tries: z.int(),
  answeredBy: z.string().nullable(),
  answeredAt: time,
  /** `answeredAt − askedAt`. */
  delay: span,
  /** The fault on a registrar that was at work meanwhile; of several the first. */
  faultId: z.int().nullable(),
});
export type ResolutionRow = z.infer<typeof resolutionRowSchema>;

/** What a registrar held, by its own statistics, from its first sample that said so to its last. */
export const holdingRowSchema = z.object({
  registrar: z.string(),
  from: z.number(),
  to: z.number(),
  peers: z.int(),
  /** Pool elements in its handlespace. */
  elements: z.int(),
  /** Those whose home it is. */
  ownElements: z.int(),
});
export type HoldingRow = z.infer<typeof holdingRowSchema>;
