/**
 * Random faults within stated bounds. What is drawn is a plain schedule of named hosts at fixed times: the plan shows
 * it, a lab and the simulator interpret the same, and the same seed draws the same one, bit for bit.
 */
import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput } from '../base/errors.js';
import { type Random, randomFrom } from '../base/random.js';
import type { Duration } from '../base/units.js';
import { impairmentSchema } from '../topology/impairment.js';
import type { Host, NetworkOptions, Topology } from '../topology/topology.js';
import { type ChaosKind, chaosKinds, draws, type Ground } from './chaos-kinds.js';
import { isWithinLimits, type Planned } from './chaos-limits.js';
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
  /** What `impair` does to a host's legs: one of these. @defaultValue delay, loss, duplication, corruption, a low rate */
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
  /** A host's time after each heal to be ready again: it counts as down, and no fault begins on it. @defaultValue 5 s */
  readonly recovery?: Duration;
  /** Quiet at the end of `over`: by then everything is healed. @defaultValue 0 s */
  readonly settle?: Duration;
}

const span = z.number().min(0);
const weight = z.number().min(0);
const optionsSchema = z.strictObject({
  topology: z.looseObject({ hosts: z.array(z.any()).min(1), groups: z.object({}) }),
  over: z.number().positive(),
  mtbf: z.number().positive(),
  weights: z.partialRecord(z.enum(chaosKinds), weight).default(() => Object.fromEntries(chaosKinds.map((it) => [it, 1]))),
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
  const { topology, over, mtbf, limits, ...rest } = check('chaos', optionsSchema, options);
  const bounds = { ...limits, lastsAtLeast: limits.lastsAtLeast ?? limits.healWithin / 4 };
  checkBounds(topology as unknown as Topology, over, bounds);
  const hosts = topology.hosts as Host[];
  const ground: Ground = { hosts, ...rest };
  const kindOf = drawerOf(rest.weights);
  const random = randomFrom(seed, 'chaos');
  const gaps = random.fork('gaps');
  const planned: Planned[] = [];
  // A stream for each, so that what does not happen moves nothing that comes after it.
  for (let time = gaps.exponential(mtbf), n = 0; time < over; time += gaps.exponential(mtbf), n++) {
    const own = random.fork(n);
    const from = milliseconds(time);
    const longest = Math.min(bounds.healWithin, milliseconds(over - bounds.settle) - from);
    const drawn = bounds.lastsAtLeast + own.uniform() * (bounds.healWithin - bounds.lastsAtLeast);
    if (longest < bounds.lastsAtLeast) continue;
    const to = from + milliseconds(Math.min(drawn, longest));
    const candidates = draws[kindOf(own.uniform())](ground, own)
      .map(({ fault, host, down }): Planned => ({ fault, host, down, from, to }))
      .filter((candidate) => isWithinLimits(candidate, planned, bounds));
    if (candidates.length > 0) planned.push(candidates[own.below(candidates.length)]!);
  }
  return planned.map(({ fault, from, to }) =>
    at(from as Duration, fault, { lasting: milliseconds(to - from) as Duration }),
  ) as ScheduledFault<G>[];
}
