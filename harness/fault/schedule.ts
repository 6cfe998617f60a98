import { z } from 'zod';
import { check } from '../base/check.js';
import type { Draws } from '../base/random.js';
import type { Duration } from '../base/units.js';
import { type Fault, faultSchema } from './fault.js';

const time = z.number().min(0);
const span = z.number().positive();
/** How long a fault lasts before it is healed: null until the end of the run, 0 heals at once. */
const lasting = time.nullable();

export const scheduledFaultSchema = z.discriminatedUnion('when', [
  z.strictObject({ when: z.literal('at'), time, lasting, fault: faultSchema }),
  z.strictObject({ when: z.literal('every'), interval: span, first: time, lasting, fault: faultSchema }),
  z.strictObject({ when: z.literal('mtbf'), mean: span, lasting, fault: faultSchema }),
]);

/** A fault and when it strikes. Times count from the start of the measurement; `mtbf` runs from a host's readiness. */
export type ScheduledFault<Group extends string = string> = { lasting: number | null; fault: Fault<Group> } & (
  | { when: 'at'; time: number }
  | { when: 'every'; interval: number; first: number }
  | { when: 'mtbf'; mean: number }
);

export interface Lasting {
  lasting?: Duration;
}

/** Once, so long after the measurement began. */
export const at = <G extends string>(time: Duration, fault: Fault<G>, { lasting }: Lasting = {}): ScheduledFault<G> =>
  make('at', { when: 'at', time, fault, lasting: lasting ?? null });

/** Again and again; the first time after one interval, unless `first` says otherwise. */
export const every = <G extends string>(
  interval: Duration,
  fault: Fault<G>,
  { lasting, first = interval }: Lasting & { first?: Duration } = {},
): ScheduledFault<G> => make('every', { when: 'every', interval, first, fault, lasting: lasting ?? null });

/**
 * After exponential up-times with this mean (the paper's MTBF, section 5). A target of `all(group)` or `named(…)` gives
 * each of its hosts its own clock, which starts anew when the host is ready again.
 */
export const mtbf = <G extends string>(
  mean: Duration,
  fault: Fault<G>,
  { lasting = 0 as Duration }: Lasting = {},
): ScheduledFault<G> => make('mtbf', { when: 'mtbf', mean, fault, lasting });

const make = <G extends string>(where: string, schedule: ScheduledFault<G>): ScheduledFault<G> =>
  check(where, scheduledFaultSchema, schedule) as ScheduledFault<G>;

/** How often an `at` or `every` strikes within a measurement of this length, seconds. */
export function countOf(schedule: Exclude<ScheduledFault, { when: 'mtbf' }>, length: number): number {
  if (schedule.when === 'at') return schedule.time <= length ? 1 : 0;
  if (schedule.first > length) return 0;
  // The quotient is rounded, and may be so past a whole number.
  const about = Math.floor((length - schedule.first) / schedule.interval);
  return about + (timeOf(schedule, about + 1) <= length ? 2 : timeOf(schedule, about) <= length ? 1 : 0);
}

/** When it strikes for the n-th time, from 0: seconds from the start of the measurement. */
export function timeOf(schedule: Exclude<ScheduledFault, { when: 'mtbf' }>, n: number): number {
  // Multiplying instead of adding up keeps the last of a million strikes as exact as the first.
  return schedule.when === 'at' ? schedule.time : schedule.first + n * schedule.interval;
}

/** The times of an `at` or `every` within a measurement of this length, seconds from its start. */
export const timesOf = (schedule: Exclude<ScheduledFault, { when: 'mtbf' }>, length: number): number[] =>
  Array.from({ length: countOf(schedule, length) }, (_, n) => timeOf(schedule, n));

/** Draws the next up-time of one host. */
export const nextUpTime = (schedule: Extract<ScheduledFault, { when: 'mtbf' }>, random: Draws): number =>
  random.exponential(schedule.mean);
