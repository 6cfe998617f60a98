/**
 * The plan: an experiment with every choice made, as frozen JSON. Labs and simulator interpret the same plan; it is
 * what a run stores, what a lab kernel is handed, and what a replay starts from. All spans are in seconds.
 */
import { z } from 'zod';
import { check, settled, show } from '../base/check.js';
import { badInput, codeOf, messageOf } from '../base/errors.js';
import { deepFreeze } from '../base/freeze.js';
import type { Duration } from '../base/units.js';
import { scheduledFaultSchema } from '../fault/schedule.js';
import { impairmentSchema } from '../topology/impairment.js';
import { sctpSchema } from '../topology/sctp.js';
import { checkSchema } from './checks.js';
import { deploy } from './deploy.js';
import {
  type Deployment,
  type Experiment,
  instructionTimes,
  type Point,
  type PointValue,
  simulationModels,
  topologyShape,
  type Vary,
} from './experiment.js';
import { checkFaults, withHostsNamed } from './faults.js';
import { type Role, roleSchema } from './role.js';

const span = z.number().min(0);
const phasesSchema = z.strictObject({
  settle: span.default(0),
  warmUp: span.default(0),
  measure: z.number().positive(),
  drain: span.default(0),
});

const hostSchema = z.strictObject({
  name: z.string(),
  group: z.string(),
  index: z.int(),
  legs: z.array(z.strictObject({ network: z.string(), address: z.string() })),
  sctp: sctpSchema.nullable().default(null),
  role: roleSchema,
});

/** 250 million instructions a second, which all hosts share. */
export const usualInstructionTime = 4;

export const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  experiment: z.string(),
  question: z.string().nullable(),
  expectation: z.string().nullable(),
  /** The experiment's file as given on the command line, for the replay command. */
  file: z.string().nullable(),
  seed: z.int(),
  point: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  topology: z.strictObject({
    name: z.string(),
    networks: z.record(z.string(), z.strictObject({ cidr: z.string(), impairment: impairmentSchema })),
    /** One-way delays that were measured between two hosts, in place of the network's; the same both ways. */
    distances: z
      .array(z.strictObject({ network: z.string(), between: z.tuple([z.string(), z.string()]), delay: span }))
      .optional(),
  }),
  hosts: z.array(hostSchema),
  phases: phasesSchema,
  faults: z.array(scheduledFaultSchema),
  checks: z.array(checkSchema),
  margin: z.number().positive(),
  model: z.enum(simulationModels),
  /** What an instruction takes on the processor of a machine in virtual time; other labs have a real one. */
  nanosecondsPerInstruction: z.union(instructionTimes.map((each) => z.literal(each))).default(usualInstructionTime),
});

export type Plan = z.infer<typeof planSchema>;
export type PlannedHost = Plan['hosts'][number];
export type HostWith<R extends Role> = PlannedHost & { role: R };
export type PhaseLengths = Plan['phases'];

export interface PlanOptions {
  seed?: number;
  /** Values for some of what the experiment varies; the first listed value where nothing is said. */
  point?: Readonly<Record<string, PointValue>>;
  /** Other phase lengths than the experiment's. */
  phases?: Partial<PhaseLengths>;
  question?: string | null;
  expectation?: string | null;
  file?: string | null;
  nanosecondsPerInstruction?: Plan['nanosecondsPerInstruction'];
}

/**
 * Makes every choice that the experiment left open.
 * @throws HarnessError `bad-input`, one sentence saying what was expected, what was got and where
 */
export function resolvePlan<G extends string, V extends Vary>(
  experiment: Experiment<G, V>,
  { seed = 1, ...options }: PlanOptions = {},
): Plan {
  return planner(experiment, options)(seed);
}

/**
 * The plans of one point for any seed. What does not follow from the seed is worked out once: a topology may have
 * thousands of hosts.
 * @throws HarnessError `bad-input` as {@link resolvePlan} does; so does what is returned
 */
export function planner<G extends string, V extends Vary>(
  experiment: Experiment<G, V>,
  options: Omit<PlanOptions, 'seed'> = {},
): (seed: number) => Plan {
  const where = experiment.name;
  const point = pointOf(experiment as Experiment, options.point ?? {}) as Point<V>;
  const at = <T, A extends unknown[]>(part: string, value: T | ((point: Point<V>, ...more: A) => T), ...more: A): T =>
    typeof value === 'function'
      ? answer(`${where}.${part}`, () => (value as (point: Point<V>, ...more: A) => T)(point, ...more))
      : value;
  const topology = at('topology', experiment.topology);
  check(`${where}.topology`, topologyShape, topology);
  const hosts = deploy(`${where}.deploy`, topology, at('deploy', experiment.deploy as (point: Point<V>) => Deployment));
  const phases = check(`${where}.phases`, phasesSchema, { ...at('phases', experiment.phases), ...options.phases });
  const faultsFor = (seed: number) => {
    const context = { seed, topology, over: phases.measure as Duration };
    const drawn = at('faults', experiment.faults ?? [], context);
    const described = check(`${where}.faults`, z.array(scheduledFaultSchema), drawn);
    const faults = withHostsNamed(where, topology, described);
    checkFaults(where, topology, hosts, faults);
    return faults;
  };
  const parts = {
    schemaVersion: 1,
    experiment: experiment.name,
    question: options.question ?? null,
    expectation: options.expectation ?? null,
    file: options.file ?? null,
    point,
    topology: { name: topology.name, networks: topology.networks },
    hosts,
    phases,
    checks: check(`${where}.checks`, z.array(checkSchema), experiment.checks ?? []),
    margin: experiment.margin ?? 0.1,
    nanosecondsPerInstruction:
      options.nanosecondsPerInstruction ?? experiment.nanosecondsPerInstruction ?? usualInstructionTime,
    model: at('model', experiment.model ?? 'deployment'),
  };
  let first: Plan | undefined;
  return (seed) => {
    const faults = first && typeof experiment.faults !== 'function' ? first.faults : faultsFor(seed);
    first ??= check(where, planSchema, { ...parts, seed, faults });
    return deepFreeze({ ...first, seed, faults });
  };
}

/** What the experiment's own functions throw is a fault of theirs. */
function answer<T>(where: string, ask: () => T): T {
  try {
    return settled(where, ask());
  } catch (error) {
    if (codeOf(error)) throw error;
    throw badInput(`${where}: expected an answer, got an error: ${messageOf(error)}`, error);
  }
}

/** Every point of the experiment's grid, the last name varying fastest. */
export function gridOf({ vary = {} }: Pick<Experiment, 'vary'>): Point[] {
  return Object.entries(vary).reduce<Point[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** The plan's hosts that play one role, in order. */
export const hostsWith = <K extends Role['kind']>(plan: Plan, kind: K): HostWith<Extract<Role, { kind: K }>>[] =>
  plan.hosts.filter((host): host is HostWith<Extract<Role, { kind: K }>> => host.role.kind === kind);

/** The one-way delay between two hosts on a network, or with one of them unknown the network's own. */
export function delayLookup({ topology }: Plan): (network: string, a: string | null, b: string | null) => number {
  const { networks, distances = [] } = topology;
  const known = new Map(distances.map(({ network, between, delay }) => [pairOf(network, ...between), delay]));
  return (network, a, b) =>
    (a !== null && b !== null ? known.get(pairOf(network, a, b)) : undefined) ??
    networks[network]?.impairment.delay ??
    0;
}

const pairOf = (network: string, a: string, b: string): string => [network, ...[a, b].sort()].join(' ');

/** Mean capacity of the plan's pool elements, calculations per second: what handling speeds are percentages of. */
export function meanCapacity(plan: Plan): number {
  const elements = hostsWith(plan, 'poolElement');
  return elements.reduce((sum, { role }) => sum + role.capacity, 0) / elements.length;
}

function pointOf({ name: where, vary = {} }: Experiment, chosen: Readonly<Record<string, PointValue>>): Point {
  for (const [name, value] of Object.entries(chosen)) {
    const values = Object.hasOwn(vary, name) ? vary[name] : undefined;
    if (values === undefined) {
      throw badInput(
        `${where}: expected one of the varied names ${Object.keys(vary).join(', ') || '(none)'}, got '${name}'`,
      );
    }
    if (typeof value !== typeof values[0]) {
      throw badInput(`${where}.${name}: expected a ${typeof values[0]} such as ${show(values[0])}, got ${show(value)}`);
    }
  }
  return Object.fromEntries(Object.entries(vary).map(([name, values]) => [name, chosen[name] ?? values[0]!]));
}
