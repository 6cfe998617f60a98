import { z } from 'zod';
import { check } from '../base/check.js';
import type { Duration } from '../base/units.js';
import { type ImpairmentInput, impairmentSchema } from '../topology/impairment.js';
import { named, type Target, targetSchema } from './target.js';

/**
 * Faults are named by what the *peer* sees, because detection differs:
 *
 * | kind | what happens |
 * | --- | --- |
 * | `shutdown` | SIGINT: the element checkpoints, tells its sessions, deregisters |
 * | `kill` | SIGKILL: the process is gone, its kernel aborts the associations, so peers learn at once |
 * | `powerOff` | silence: the links go down first, then the process dies |
 * | `freeze` | SIGSTOP: the transport still acknowledges, the application is silent |
 * | `cpuStarve` | slow: the host's processes together get only a share of one CPU |
 * | `isolate` | silent but alive: the links go down, the process goes on, and comes back as a zombie; one-way, the host
 * only hears or is only heard |
 * | `partition` | sides of hosts that cannot reach each other, while within each side all is well |
 * | `cutPath` | one network of a multi-homed host goes down |
 * | `flap` | links that go down and up again and again |
 * | `impair` | delay, jitter, loss, … on the host's legs |
 * | `failure` | the paper's: by the role's clean shutdown probability a `shutdown`, else a `powerOff` |
 */
export const faultKinds = [
  'shutdown',
  'kill',
  'powerOff',
  'freeze',
  'cpuStarve',
  'isolate',
  'partition',
  'cutPath',
  'flap',
  'impair',
  'failure',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** As the host sees it: `in` is what comes to it, `out` what it sends. */
export const directions = ['both', 'in', 'out'] as const;
export type Direction = (typeof directions)[number];

const span = z.number().positive();
const reappear = z.enum(['same-address', 'new-address']);

export const faultSchema = z.strictObject({
  kind: z.enum(faultKinds),
  target: targetSchema,
  /** Under which address a dead host comes back; `new-address` makes it a stranger to everybody. */
  reappear: reappear.nullable(),
  /** The network that `cutPath`, `flap`, `partition` and `impair` hit; null for all of the host's. */
  network: z.string().nullable(),
  impairment: impairmentSchema.nullable(),
  /** Which packets `isolate` and `impair` hit. */
  direction: z.enum(directions).default('both'),
  /** The sides of a `partition`: names of hosts, none in two of them. Who is in none reaches everybody. */
  sides: z.array(z.array(z.string()).min(1)).min(2).nullable().default(null),
  /** How long a `flap` keeps links down, then up, seconds. */
  flapping: z.strictObject({ down: span, up: span }).nullable().default(null),
  /** What `cpuStarve` leaves to all of the host's processes together: a fraction of one CPU. */
  cpuShare: z.number().min(0.01).max(1).nullable().default(null),
});
/** `Group` carries the names of the host groups that the fault may hit. */
export type Fault<Group extends string = string> = Omit<z.infer<typeof faultSchema>, 'target'> & {
  target: Target<Group>;
};

export type Reappear = z.infer<typeof reappear>;

/** How a fault that ends a process is healed; `same-address` when left out. */
export interface DeathOptions {
  reappear?: Reappear;
}

export const shutdown = <G extends string>(target: Target<G>, options: DeathOptions = {}): Fault<G> =>
  death('shutdown', target, options);
export const kill = <G extends string>(target: Target<G>, options: DeathOptions = {}): Fault<G> =>
  death('kill', target, options);
export const powerOff = <G extends string>(target: Target<G>, options: DeathOptions = {}): Fault<G> =>
  death('powerOff', target, options);
export const freeze = <G extends string>(target: Target<G>): Fault<G> => fault({ kind: 'freeze', target });

/** What a one-way isolation leaves: with `out` the host hears but is not heard, with `in` the other way round. */
export interface DirectionOptions {
  /** @defaultValue `both` */
  direction?: Direction;
}

export const isolate = <G extends string>(target: Target<G>, options: DirectionOptions = {}): Fault<G> => {
  const { direction } = check('isolate', z.strictObject({ direction: z.enum(directions).default('both') }), options);
  return fault({ kind: 'isolate', target, direction });
};

export const cutPath = <G extends string>(target: Target<G>, network: string): Fault<G> =>
  fault({ kind: 'cutPath', target, network });

/**
 * The paper's failure (section 4): the pool element disappears, cleanly with its role's clean shutdown probability,
 * and reappears under a new transport address.
 */
export const failure = <G extends string>(target: Target<G>, options: DeathOptions = {}): Fault<G> =>
  death('failure', target, { reappear: 'new-address', ...options });

export interface NetworkOptions {
  /** The network that is hit. @defaultValue null: all of the host's */
  network?: string | null;
}

/**
 * Hosts of different sides cannot reach each other. Each side names hosts, host groups or networks, which stand for all
 * their hosts, e.g. `partition([['pe1', 'pr1'], ['users']])`. Every host of a side is struck.
 */
export const partition = (
  sides: readonly (readonly string[])[],
  { network = null }: NetworkOptions = {},
): Fault<never> =>
  fault({ kind: 'partition', target: named(...sides.flat()), sides: sides.map((side) => [...side]), network });

/** Links go down and up, again and again, until the fault is healed; first down. */
export const flap = <G extends string>(
  target: Target<G>,
  { down, up, network = null }: { down: Duration; up: Duration } & NetworkOptions,
): Fault<G> => fault({ kind: 'flap', target, network, flapping: { down, up } });

/** The host's processes together get this fraction of one CPU, 0.01 to 1. */
export const cpuStarve = <G extends string>(target: Target<G>, { share }: { share: number }): Fault<G> =>
  fault({ kind: 'cpuStarve', target, cpuShare: share });

type Worse = Omit<ImpairmentInput, 'delay' | 'jitter'> & { delay?: Duration; jitter?: Duration };

/**
 * Makes the target's legs worse than its networks are: what is asked for comes on top of what the network does, in each
 * direction (see {@link combined}); `network` limits it to one leg, `direction` to what comes or what is sent.
 */
export const impair = <G extends string>(
  target: Target<G>,
  impairment: Worse,
  { network = null, direction = 'both' }: NetworkOptions & DirectionOptions = {},
): Fault<G> => fault({ kind: 'impair', target, network, impairment, direction });

/** Makes a whole network worse: every packet on it suffers once. All hosts on it are struck. */
export const impairNetwork = (network: string, impairment: Worse): Fault<never> =>
  fault({ kind: 'impair', target: named(network), network, impairment, direction: 'in' });

const death = <G extends string>(kind: FaultKind, target: Target<G>, options: DeathOptions): Fault<G> => {
  const { reappear: how } = check(kind, z.strictObject({ reappear: reappear.default('same-address') }), options);
  return fault({ kind, target, reappear: how });
};

type Parts<G extends string> = Partial<Omit<z.input<typeof faultSchema>, 'target'>> & { target: Target<G> };

const fault = <G extends string>(parts: Parts<G> & { kind: FaultKind }): Fault<G> =>
  check(parts.kind, faultSchema, { reappear: null, network: null, impairment: null, ...parts }) as Fault<G>;
