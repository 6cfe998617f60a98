/**
 * The plan: an experiment with every choice made, as frozen JSON. Labs and simulator interpret the same plan; it is
 * what a run stores, what a lab kernel is handed, and what a replay starts from. All spans are in seconds.
 */
import { z } from 'zod';
import { check, show } from '../base/check.js';
import { badInput } from '../base/errors.js';
import { deepFreeze } from '../base/freeze.js';
import { scheduledFaultSchema } from '../fault/schedule.js';
import { impairmentSchema } from '../topology/impairment.js';
import type { Host, Topology } from '../topology/topology.js';
import { checkSchema } from './checks.js';
import { type Experiment, type Point, type PointValue, simulationModels, type Vary } from './experiment.js';
import { checkFaults } from './faults.js';
import { poolUserRequestSchema, type Role, type RoleRequest, roleSchema } from './role.js';

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
  role: roleSchema,
});

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
  }),
  hosts: z.array(hostSchema),
  phases: phasesSchema,
  faults: z.array(scheduledFaultSchema),
  checks: z.array(checkSchema),
  margin: z.number().positive(),
  model: z.enum(simulationModels),
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
}

/**
 * Makes every choice that the experiment left open.
 * @throws HarnessError `bad-input`, one sentence saying what was expected, what was got and where
 */
export function resolvePlan<G extends string, V extends Vary>(
  experiment: Experiment<G, V>,
  options: PlanOptions = {},
): Plan {
  const where = experiment.name;
  const point = pointOf(experiment as Experiment, options.point ?? {}) as Point<V>;
  const at = <T>(value: T | ((point: Point<V>) => T)): T =>
    typeof value === 'function' ? (value as (point: Point<V>) => T)(point) : value;
  const topology = at(experiment.topology);
  const hosts = deploy(where, topology, experiment.deploy(point));
  const faults = check(`${where}.faults`, z.array(scheduledFaultSchema), at(experiment.faults ?? []));
  checkFaults(where, topology, hosts, faults);
  const plan = check(where, planSchema, {
    schemaVersion: 1,
    experiment: experiment.name,
    question: options.question ?? null,
    expectation: options.expectation ?? null,
    file: options.file ?? null,
    seed: options.seed ?? 1,
    point,
    topology: { name: topology.name, networks: topology.networks },
    hosts,
    phases: check(`${where}.phases`, phasesSchema, { ...at(experiment.phases), ...options.phases }),
    faults,
    checks: check(`${where}.checks`, z.array(checkSchema), experiment.checks ?? []),
    margin: experiment.margin ?? 0.1,
    model: at(experiment.model ?? 'deployment'),
  });
  return deepFreeze(plan);
}

/** Every point of the experiment's grid, the last name varying fastest. */
export function gridOf(experiment: Experiment): Point[] {
  return Object.entries(experiment.vary ?? {}).reduce<Point[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** The plan's hosts that play one role, in order. */
export const hostsWith = <K extends Role['kind']>(plan: Plan, kind: K): HostWith<Extract<Role, { kind: K }>>[] =>
  plan.hosts.filter((host): host is HostWith<Extract<Role, { kind: K }>> => host.role.kind === kind);

/** Mean capacity of the plan's pool elements, calculations per second: what handling speeds are percentages of. */
export function meanCapacity(plan: Plan): number {
  const elements = hostsWith(plan, 'poolElement');
  return elements.reduce((sum, { role }) => sum + role.capacity, 0) / elements.length;
}

function pointOf({ name: where, vary = {} }: Experiment, chosen: Readonly<Record<string, PointValue>>): Point {
  for (const [name, value] of Object.entries(chosen)) {
    const values = vary[name];
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

function deploy(
  where: string,
  topology: Topology,
  deployment: Record<string, RoleRequest | ((index: number) => RoleRequest)>,
) {
  const groups = Object.keys(topology.groups);
  const stranger = Object.keys(deployment).find((group) => !groups.includes(group));
  if (stranger)
    throw badInput(`${where}.deploy: expected one of the host groups ${groups.join(', ')}, got '${stranger}'`);
  const requested = topology.hosts.map((host): Host & { role: RoleRequest } => {
    const role = deployment[host.group];
    if (!role) throw badInput(`${where}.deploy: expected a role for the host group '${host.group}', got none`);
    return { ...host, role: typeof role === 'function' ? role(host.index) : role };
  });
  const pools = poolsOf(requested);
  return requested.map((host) => ({ ...host, role: settleRate(where, host.role, pools) }));
}

/** What a pool's request interval follows from. Counted once: thousands of users may ask. */
interface PoolSize {
  elements: number;
  users: number;
  totalCapacity: number;
}

function poolsOf(hosts: readonly { role: RoleRequest }[]): ReadonlyMap<string, PoolSize> {
  const pools = new Map<string, PoolSize>();
  for (const { role } of hosts) {
    if (role?.kind !== 'poolElement' && role?.kind !== 'poolUser') continue;
    const size = pools.get(role.pool) ?? { elements: 0, users: 0, totalCapacity: 0 };
    pools.set(role.pool, size);
    if (role.kind === 'poolUser') size.users++;
    else {
      size.elements++;
      size.totalCapacity += role.capacity;
    }
  }
  return pools;
}

/** Request interval from utilisation: PU:PE ratio × size / (utilisation × capacity), the ratio at least 1 (paper, section 3). */
function settleRate(where: string, role: RoleRequest, pools: ReadonlyMap<string, PoolSize>): Role {
  if (role?.kind !== 'poolUser') return role as Role;
  const { requestInterval: interval, ...user } = check(`${where}.deploy`, poolUserRequestSchema, role);
  if (!('targetUtilisation' in interval)) return role as Role;
  const { elements, users, totalCapacity } = pools.get(user.pool)!;
  if (elements === 0)
    throw badInput(
      `${where}.deploy: expected pool elements in '${user.pool}' to derive the request interval from, got none`,
    );
  const meanCapacity = totalCapacity / elements;
  const ratio = Math.max(1, users / elements);
  const mean = (ratio * user.requestSize.mean) / (interval.targetUtilisation * meanCapacity);
  return { ...user, requestInterval: { kind: 'exponential', mean } };
}
