import { z } from 'zod';
import { check } from '../base/check.js';
import type { Duration } from '../base/units.js';
import { type Impairment, impairmentSchema } from '../topology/impairment.js';
import { type Target, targetSchema } from './target.js';

/**
 * Faults are named by what the *peer* sees, because detection differs:
 *
 * | kind | what happens |
 * | --- | --- |
 * | `shutdown` | SIGINT: the element checkpoints, tells its sessions, deregisters |
 * | `kill` | SIGKILL: the process is gone, its kernel aborts the associations, so peers learn at once |
 * | `powerOff` | silence: the links go down first, then the process dies |
 * | `freeze` | SIGSTOP: the transport still acknowledges, the application is silent |
 * | `isolate` | silent but alive: the links go down, the process goes on, and comes back as a zombie |
 * | `cutPath` | one network of a multi-homed host goes down |
 * | `impair` | delay, jitter, loss, … on the host's legs |
 * | `failure` | the paper's: by the role's clean shutdown probability a `shutdown`, else a `powerOff` |
 */
export const faultKinds = [
  'shutdown',
  'kill',
  'powerOff',
  'freeze',
  'isolate',
  'cutPath',
  'impair',
  'failure',
] as const;
export type FaultKind = (typeof faultKinds)[number];

const reappear = z.enum(['same-address', 'new-address']);

export const faultSchema = z.strictObject({
  kind: z.enum(faultKinds),
  target: targetSchema,
  /** Under which address a dead host comes back; `new-address` makes it a stranger to everybody. */
  reappear: reappear.nullable(),
  /** The network that `cutPath` and `impair` hit; null for all of the host's. */
  network: z.string().nullable(),
  impairment: impairmentSchema.nullable(),
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
export const isolate = <G extends string>(target: Target<G>): Fault<G> => fault({ kind: 'isolate', target });
export const cutPath = <G extends string>(target: Target<G>, network: string): Fault<G> =>
  fault({ kind: 'cutPath', target, network });

/**
 * The paper's failure (section 4): the pool element disappears, cleanly with its role's clean shutdown probability,
 * and reappears under a new transport address.
 */
export const failure = <G extends string>(target: Target<G>, options: DeathOptions = {}): Fault<G> =>
  death('failure', target, { reappear: 'new-address', ...options });

/** Makes the target's legs worse than its networks are; `network` limits it to one of them. */
export const impair = <G extends string>(
  target: Target<G>,
  impairment: Omit<Impairment, 'delay' | 'jitter'> & { delay?: Duration; jitter?: Duration },
  { network = null }: { network?: string | null } = {},
): Fault<G> => fault({ kind: 'impair', target, network, impairment });

const death = <G extends string>(kind: FaultKind, target: Target<G>, options: DeathOptions): Fault<G> => {
  const { reappear: how } = check(kind, z.strictObject({ reappear: reappear.default('same-address') }), options);
  return fault({ kind, target, reappear: how });
};

const fault = <G extends string>(parts: Partial<Fault<G>> & Pick<Fault<G>, 'kind' | 'target'>): Fault<G> =>
  check(parts.kind, faultSchema, { reappear: null, network: null, impairment: null, ...parts }) as Fault<G>;
