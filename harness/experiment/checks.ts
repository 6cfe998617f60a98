import { z } from 'zod';
import { check } from '../base/check.js';
import type { Duration } from '../base/units.js';

const limit = z.number().positive().optional();
const delayLimits = { meanBelow: limit, p50Below: limit, p95Below: limit, p99Below: limit, maxBelow: limit };

/** What must hold for a run to pass; judged after the run from its results alone. */
export const checkSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('noRequestLost') }),
  z.strictObject({ name: z.literal('failoverDelay'), ...delayLimits }),
  z.strictObject({ name: z.literal('handlingTime'), ...delayLimits }),
  z.strictObject({ name: z.literal('handlingSpeed'), percentAtLeast: z.number().positive() }),
  z.strictObject({ name: z.literal('utilisation'), percentAtMost: z.number().positive() }),
]);
export type Check = z.infer<typeof checkSchema>;

export interface DelayLimits {
  meanBelow?: Duration;
  p50Below?: Duration;
  p95Below?: Duration;
  p99Below?: Duration;
  maxBelow?: Duration;
}

const make = (input: Check): Check => check(input.name, checkSchema, input);

/** Every request that was dequeued is complete or still being served; none was given up. */
export const noRequestLost = (): Check => make({ name: 'noRequestLost' });

/** Limits on the delay from a fault to the new element's first answer. Unknown when no failover happened. */
export const failoverDelay = (limits: DelayLimits): Check => make({ name: 'failoverDelay', ...limits });

/** Limits on the time from a request's generation to its completion. */
export const handlingTime = (limits: DelayLimits): Check => make({ name: 'handlingTime', ...limits });

/** A floor for the handling speed, in percent of the mean pool element capacity (paper, section 3). */
export const handlingSpeed = ({ percentAtLeast }: { percentAtLeast: number }): Check =>
  make({ name: 'handlingSpeed', percentAtLeast });

/** A ceiling for the utilisation: work done, repeated work included, over up-time × capacity. */
export const utilisation = ({ percentAtMost }: { percentAtMost: number }): Check =>
  make({ name: 'utilisation', percentAtMost });
