/** What a run says about the requests of web users: `web.csv`, and the section `web` of `summary.json`. */
import { z } from 'zod';

const time = z.number().nullable();

/** Times are seconds since the run began. */
export const webRequestRowSchema = z.object({
  user: z.string(),
  id: z.int(),
  method: z.string(),
  path: z.string(),
  /** When it was due, whatever became of those before; its latency counts from here. */
  intendedAt: z.number(),
  /** When it was made. */
  sentAt: time,
  /** The answer began. */
  answeredAt: time,
  /** The answer was there, whole, or the client gave up; null when it was still under way when the run ended. */
  endedAt: time,
  /** Of HTTP; null without an answer. */
  status: z.int().nullable(),
  /** Why it failed; null when it did not. A status from 500 on is a failure, too. */
  error: z.string().nullable(),
  /** How many elements failed before one answered; null where it cannot be told. */
  retries: z.int().nullable(),
  /** The element that answered. */
  element: z.string().nullable(),
});
export type WebRequestRow = z.infer<typeof webRequestRowSchema>;

/** What a script of k6's wants to hold. */
export interface Threshold {
  readonly metric: string;
  readonly expression: string;
  readonly holds: boolean;
}
