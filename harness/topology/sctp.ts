/**
 * What a host's kernel is told about SCTP, for all of its associations; what is left out is as the kernel has it. The
 * defaults are Linux's, whose RTO values are those of RFC 9260, section 16.
 */
import { z } from 'zod';
import type { Duration } from '../base/units.js';

const span = z.number().min(0.001).max(86_400);

export const sctpSchema = z
  .strictObject({
    rtoInitial: span.optional(),
    rtoMin: span.optional(),
    rtoMax: span.optional(),
    heartbeatInterval: span.optional(),
    sackDelay: z.number().min(0.001).max(0.5).optional(),
    pathMaxRetransmissions: z.int().min(1).optional(),
    associationMaxRetransmissions: z.int().min(1).optional(),
    potentiallyFailedRetransmissions: z.int().min(0).max(65_535).optional(),
  })
  .refine(({ rtoMin = 1, rtoMax = 60 }) => rtoMin <= rtoMax, {
    message: 'expected an RTO.min of at most RTO.max (1 s and 60 s when left out), got more',
    path: ['rtoMin'],
  });

/** As a plan has it; spans in seconds. */
export type Sctp = z.infer<typeof sctpSchema>;

export interface SctpOptions {
  /** Retransmission timeout before a round trip was measured. @defaultValue 3 s */
  rtoInitial?: Duration;
  /** The shortest retransmission timeout. It should exceed the round trip and `sackDelay`. @defaultValue 1 s */
  rtoMin?: Duration;
  /** @defaultValue 60 s */
  rtoMax?: Duration;
  /** How often a quiet path is tried, beside its RTO. @defaultValue 30 s */
  heartbeatInterval?: Duration;
  /** How long an acknowledgement may wait for company. @defaultValue 200 ms */
  sackDelay?: Duration;
  /** Timeouts in a row after which a path is given up (Path.Max.Retrans). @defaultValue 5 */
  pathMaxRetransmissions?: number;
  /** Timeouts in a row after which the peer is given up (Association.Max.Retrans). @defaultValue 10 */
  associationMaxRetransmissions?: number;
  /**
   * Timeouts in a row after which a path is only used when there is no better one (PFMR, RFC 7829).
   * @defaultValue 0: with the first one
   */
  potentiallyFailedRetransmissions?: number;
}
