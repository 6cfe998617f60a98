import { z } from 'zod';
import { check } from '../base/check.js';
import type { Duration } from '../base/units.js';

const limit = z.number().positive().optional();
const delayLimits = { meanBelow: limit, p50Below: limit, p95Below: limit, p99Below: limit, maxBelow: limit };

/** What must hold for a run to pass; judged after the run from its results alone. */
export const checkSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('noRequestLost') }),
  z.strictObject({ name: z.literal('noDuplicateCompletion') }),
  z.strictObject({ name: z.literal('noDeadElementSelected'), after: limit }),
  z.strictObject({ name: z.literal('repeatedWork'), tolerance: z.number().min(0).default(0.1) }),
  z.strictObject({ name: z.literal('failoverDelay'), ...delayLimits }),
  z.strictObject({ name: z.literal('handlingTime'), ...delayLimits }),
  z.strictObject({ name: z.literal('handlingSpeed'), percentAtLeast: z.number().positive() }),
  z.strictObject({ name: z.literal('utilisation'), percentAtMost: z.number().positive() }),
  z.strictObject({ name: z.literal('registrarsAgree'), within: z.number().positive() }),
  z.strictObject({ name: z.literal('poolAtFullStrength'), within: z.number().positive() }),
]);
export type Check = z.infer<typeof checkSchema>;

export interface DelayLimits {
  meanBelow?: Duration;
  p50Below?: Duration;
  p95Below?: Duration;
  p99Below?: Duration;
  maxBelow?: Duration;
}

const make = (input: z.input<typeof checkSchema>): Check => check(input.name, checkSchema, input);

/** Every request that was dequeued is complete or still being served; none was given up. */
export const noRequestLost = (): Check => make({ name: 'noRequestLost' });

/**
 * No request is completed twice: neither by two elements nor twice by one, whether its user still listened or not. Told
 * from the CalcApp Complete messages in the capture; a request is known by its user, its number and its size.
 */
export const noDuplicateCompletion = (): Check => make({ name: 'noDuplicateCompletion' });

/**
 * From so long after a fault that silenced an element (death, freeze, isolation), no registrar names it to a user and
 * no user connects to it, until it is healed; a former life of an element is dead for ever.
 * @param after default: endpoint keep-alive interval + timeout of the slowest registrar, by which it removes an element
 * that does not answer (RFC 5352, section 3.5), and half a second for messages on their way
 */
export const noDeadElementSelected = ({ after }: { after?: Duration } = {}): Check =>
  make({ name: 'noDeadElementSelected', ...(after !== undefined && { after }) });

/**
 * A failover repeats no more work than its state cookies leave unsaved:
 *
 * cookie interval + capacity × (one-way delay + tolerance + time unheard)
 *
 * where the cookie interval in calculations is the smaller of `cookieInterval` and `cookieTime` × capacity, and the
 * time unheard is how long the element may have worked while its cookies did not get through: from the fault to its
 * detection when the fault leaves the element working, and from the beginning of what hampered the network of element
 * or user before. Cookies are sent at these intervals (paper, section 5.6); a request alone has all of the capacity.
 * @param tolerance of a late timer, seconds. @defaultValue 0.1 s
 */
export const repeatedWork = ({ tolerance }: { tolerance?: Duration } = {}): Check =>
  make({ name: 'repeatedWork', ...(tolerance !== undefined && { tolerance }) });

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

/**
 * So long after the last fault or healing, and until the end of the run, all registrars that run hold equally many pool
 * elements, each of them owned by one, and none finds fault with the checksum that another announces (RFC 5353).
 * Unknown with fewer than two registrars.
 */
export const registrarsAgree = ({ within }: { within: Duration }): Check => make({ name: 'registrarsAgree', within });

/**
 * So long after the last fault or healing, and until the end of the run, every pool element is in the handlespace of
 * every registrar that runs.
 */
export const poolAtFullStrength = ({ within }: { within: Duration }): Check =>
  make({ name: 'poolAtFullStrength', within });
