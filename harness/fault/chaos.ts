/**
 * Random faults within stated bounds. What is drawn is a plain schedule of named hosts at fixed times: the plan shows
 * it, a lab and the simulator interpret the same, and the same seed draws the same one, bit for bit.
 */
import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput } from '../base/errors.js';
import { randomFrom } from '../base/random.js';
import type { Duration } from '../base/units.js';
import { impairmentSchema } from '../topology/impairment.js';
import type { Host, NetworkOptions, Topology } from '../topology/topology.js';
import { type ChaosKind, chaosKinds, choices, type Ground } from './chaos-kinds.js';
import { isWithinLimits, type Planned } from './chaos-limits.js';
import type { Fault } from './fault.js';
import { at, type ScheduledFault } from './schedule.js';

export interface ChaosOptions<G extends string = string> {
  readonly topology: Topology<G>;
  /** Faults strike and are healed within this time, which is counted from the start of the measurement. */
  readonly over: Duration;
  /** Mean time between two faults, wherever they strike; exponential. */
  readonly mtbf: Duration;
  /** How often each kind is drawn, relative to the others; 0 or nothing for never. @defaultValue 1 for every kind */
  readonly weights?: Partial<Readonly<Record<ChaosKind, number>>>;
  readonly limits: ChaosLimits<G>;
  /** What `impair` does to a host's legs: one of these. @defaultValue delay, loss, duplicates, corruption, low rate */
  readonly impairments?: readonly NetworkOptions[];
  /** Groups whose dead hosts come back under new addresses half of the time. @defaultValue none */
  readonly readdress?: readonly NoInfer<G>[];
}

/** Seconds where not said otherwise. What would exceed a limit does not happen: nothing is drawn in its place. */
export interface ChaosLimits<G extends string = string> {
  /** Of each group, how many hosts may be unable to serve at the same time; none of a group that is not named. */
  readonly down: Partial<Readonly<Record<NoInfer<G>, number>>>;
  /** No fault lasts longer. @defaultValue 10 s */
  readonly healWithin?: Duration;
  /** No fault lasts shorter. @defaultValue a quarter of `healWithin` */
  readonly lastsAtLeast?: Duration;
  /** After a heal: a host has this long to be ready, counts as down, and no fault begins on it. @defaultValue 5 s */
  readonly recovery?: Duration;
  /** Quiet at the end of `over`: by then everything is healed. @defaultValue 0 s */
  readonly settle?: Duration;
}

const span = z.number().min(0);
const optionsSchema = z.strictObject({
  topology: z.looseObject({ hosts: z.array(z.any()).min(1), groups: z.looseObject({}) }),
  over: z.number().positive(),
  mtbf: z.number().positive(),
  weights: z
    .partialRecord(z.enum(chaosKinds), z.number().min(0))
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'expected a weight above 0, got none')
    .default(() => Object.fromEntries(chaosKinds.map((kind) => [kind, 1]))),
  limits: z.strictObject({
    down: z.record(z.string(), z.int().min(0)),
    healWithin: z.number().positive().default(10),
    lastsAtLeast: z.number().positive().optional(),
    recovery: span.default(5),
    settle: span.default(0),
  }),
  impairments: z
    .array(impairmentSchema)
    .min(1)
    .default([
      { delay: 0.1, jitter: 0.02 },
      { lossPercent: 10 },
      { duplicatePercent: 10 },
      { corruptPercent: 5 },
      { rateMbit: 0.5 },
    ]),
  readdress: z.array(z.string()).default([]),
});

/**
 * Draws faults: at exponential times, of a kind by its weight, on one of the hosts that may have it, for a time between
 * `lastsAtLeast` and `healWithin`. A fault for which the limits leave no host does not happen.
 * @param seed the run's own as a rule: `faults: (_, { seed, topology, over }) => chaos(seed, { topology, over, … })`
 * @throws HarnessError `bad-input` for limits that contradict each other, or weights that are all 0
 */
export function chaos<G extends string>(seed: number, options: ChaosOptions<G>): ScheduledFault<G>[] {
  const { topology, over, mtbf, weights, limits, ...rest } = check('chaos', optionsSchema, options);
  const spans = spansOf(over, limits);
  const groups = Object.keys(topology.groups);
  for (const group of [...Object.keys(limits.down), ...rest.readdress]) {
    if (!groups.includes(group)) {
      throw badInput(`chaos: expected one of the host groups ${groups.join(', ')}, got '${group}'`);
    }
  }
  const ground: Ground = { hosts: topology.hosts as Host[], most: limits.down, ...rest };
  const random = randomFrom(seed, 'chaos');
  const gaps = random.fork('gaps');
  const planned: Planned[] = [];
  for (let time = gaps.exponential(mtbf), n = 0; time < over; time += gaps.exponential(mtbf), n++) {
    // A stream for each, so that what does not happen moves nothing of what comes after it.
    const own = random.fork(n);
    const kind = kindAt(own.uniform(), weights);
    const from = Math.floor(1e3 * time);
    const length = Math.floor(spans.shortest + own.uniform() * (spans.longest - spans.shortest));
    const to = Math.min(from + length, spans.end);
    if (to - from < spans.shortest) continue;
    // What is over, and recovered from, limits nothing any more.
    const recent = planned.filter((earlier) => earlier.to + spans.recovery > from);
    const possible = choices[kind](ground, own)
      .map((choice) => ({ ...choice, from, to }))
      .filter((choice) => isWithinLimits(choice, recent, { down: limits.down, recovery: spans.recovery }));
    if (possible.length > 0) planned.push(possible[own.below(possible.length)]!);
  }
  return planned.map(({ describe, from, to }) =>
    at((from / 1e3) as Duration, describe() as Fault<G>, { lasting: ((to - from) / 1e3) as Duration }),
  );
}

/** In whole milliseconds, so that sums of them are exact and schedules can be read. */
function spansOf(over: number, limits: z.output<typeof optionsSchema>['limits']) {
  const { healWithin, lastsAtLeast = healWithin / 4, recovery, settle } = limits;
  if (lastsAtLeast > healWithin) {
    throw badInput(`chaos.limits.lastsAtLeast: expected at most healWithin (${healWithin} s), got ${lastsAtLeast} s`);
  }
  if (settle + lastsAtLeast > over) {
    throw badInput(`chaos.limits.settle: expected time for a fault before it, got ${settle} s of ${over} s`);
  }
  return {
    shortest: Math.ceil(1e3 * lastsAtLeast),
    longest: Math.floor(1e3 * healWithin),
    recovery: Math.ceil(1e3 * recovery),
    end: Math.floor(1e3 * (over - settle)),
  };
}

/** The kind in whose share of all weights this fraction lies. */
function kindAt(fraction: number, weights: Partial<Record<ChaosKind, number>>): ChaosKind {
  let left = fraction * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const kinds = chaosKinds.filter((kind) => (weights[kind] ?? 0) > 0);
  for (const kind of kinds) {
    left -= weights[kind]!;
    if (left < 0) return kind;
  }
  return kinds.at(-1)!;
}
