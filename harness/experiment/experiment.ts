import { z } from 'zod';
import { check } from '../base/check.js';
import type { Duration } from '../base/units.js';
import type { ScheduledFault } from '../fault/schedule.js';
import type { Topology } from '../topology/topology.js';
import type { Check } from './checks.js';
import { type GateOptions, gateSchema } from './gate.js';
import type { RoleRequest } from './role.js';

export type PointValue = string | number | boolean;
/** What an experiment varies: a name and the values that it takes in a sweep. The first is the one of a single run. */
export type Vary = Readonly<Record<string, readonly PointValue[]>>;
/** One value for everything varied. */
export type Point<V extends Vary = Vary> = { readonly [Name in keyof V]: V[Name][number] };

/** What faults may follow from, beside the point: `--seed` and `--set measure=…` reach them this way. */
export interface FaultContext<Group extends string = string> {
  /** What all chance of the run grows from. */
  readonly seed: number;
  readonly topology: Topology<Group>;
  /** How long faults can strike: the length of the measurement. */
  readonly over: Duration;
}

/** Something that may depend on the point. */
type AtPoint<V extends Vary, T> = T | ((point: Point<V>) => T);

/** One role for all hosts of a group, or one for each by its 1-based index. */
export type Deployment<Group extends string = string> = Readonly<
  Record<Group, RoleRequest | ((index: number) => RoleRequest)>
>;

export interface Phases {
  /** Elements are registered, users not yet started. MTBF clocks run. @defaultValue 0 s */
  settle?: Duration;
  /** Users send requests, nothing counts yet. @defaultValue 0 s */
  warmUp?: Duration;
  /** What counts. Scheduled faults strike here. */
  measure: Duration;
  /** Time for the requests that still run to finish; they count as open after it. @defaultValue 0 s */
  drain?: Duration;
}

/** Nanoseconds; powers of two, as QEMU has it. */
export const instructionTimes = [1, 2, 4, 8, 16] as const;

export const simulationModels = ['rspsim', 'deployment'] as const;
export type SimulationModel = (typeof simulationModels)[number];

/**
 * A question put to a pool. The comment that opens its file says which, and after `Expectation:` what is thought to
 * happen; reports quote both.
 */
export interface Experiment<Group extends string = string, V extends Vary = Vary> {
  readonly name: string;
  readonly topology: AtPoint<V, Topology<Group>>;
  readonly vary?: V;
  readonly deploy: (point: Point<V>) => Deployment<NoInfer<Group>>;
  readonly phases: AtPoint<V, Phases>;
  /** A function may draw them from the run's seed, see `chaos`. */
  readonly faults?:
    | readonly ScheduledFault<NoInfer<Group>>[]
    | ((point: Point<V>, context: FaultContext<NoInfer<Group>>) => readonly ScheduledFault<NoInfer<Group>>[]);
  readonly checks?: readonly Check[];
  /** Measured and predicted count as equal within this fraction. @defaultValue 0.1 */
  readonly margin?: number;
  /** Which model predicts it. @defaultValue `deployment` */
  readonly model?: AtPoint<V, SimulationModel>;
  /**
   * How slow the processor of the lab `virtual` is, which all hosts share: 1 for experiments that compute a lot, as
   * those with web servers do; it is the slowest to run, too. @defaultValue 4
   */
  readonly nanosecondsPerInstruction?: (typeof instructionTimes)[number];
  /** How `rsplab gate` judges it. */
  readonly gate?: GateOptions<Point<V>>;
}

/** Enough to tell a topology from anything else: {@link topology} has checked the rest. */
export const topologyShape = z.looseObject({ networks: z.object({}), groups: z.object({}), hosts: z.array(z.any()) });

const description = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a name of small letters, digits and hyphens'),
  topology: z.union([topologyShape, z.function()]),
  vary: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)).optional(),
  deploy: z.function(),
  phases: z.union([z.looseObject({}), z.function()]),
  faults: z.union([z.array(z.any()), z.function()]).optional(),
  checks: z.array(z.any()).optional(),
  margin: z.number().positive().optional(),
  model: z.union([z.enum(simulationModels), z.function()]).optional(),
  nanosecondsPerInstruction: z.union(instructionTimes.map((each) => z.literal(each))).optional(),
  gate: gateSchema.optional(),
});

/**
 * Describes an experiment. Names flow from the topology: a role or a fault for an unknown host group does not compile.
 * @throws HarnessError `bad-input` for what is missing or unknown
 */
export function experiment<Group extends string, const V extends Vary = Record<never, never>>(
  input: Experiment<Group, V>,
): Experiment<Group, V> {
  check(`experiment ${typeof input?.name === 'string' ? input.name : ''}`.trim(), description, input);
  return Object.freeze({ ...input });
}
