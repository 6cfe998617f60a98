/** What the driver must know of one implementation of RSerPool: how its components start, and what they say. */
import type { Plan, PlannedHost } from '../experiment/plan.js';
import type { Attacker, ImplementationName, Role } from '../experiment/role.js';

/** A host of the pool itself: attackers belong to no implementation. */
export type PoolHost = PlannedHost & { role: Exclude<Role, Attacker> };

export const isOfPool = (host: PlannedHost): host is PoolHost => host.role.kind !== 'attacker';

/** What tells one life of a component from the others. */
export interface Life {
  /** Counts from 1; each life has files of its own. */
  readonly number: number;
  readonly identifier: number;
  /** The host's at this moment. */
  readonly addresses: readonly string[];
  /** Where relative paths of an experiment's own programs begin. */
  readonly workspace: string;
}

export interface Launch {
  readonly command: readonly string[];
  /** A command that replaces itself by the one after it. */
  readonly wrapper?: readonly string[];
  /** See the lab's `StartOptions`. */
  readonly ofMachine?: boolean;
}

export interface ReadBack {
  /** What is used otherwise than told, each as `parameter: told X, uses Y`. */
  readonly differing: readonly string[];
  /** Parameters that it said nothing of. */
  readonly unsaid: readonly string[];
}

export interface Implementation {
  readonly name: ImplementationName;
  /** @throws HarnessError `bad-input` for what its components would silently change or cannot do */
  checkHost(where: string, host: PoolHost): void;
  launch(plan: Plan, host: PoolHost, life: Life): Launch;
  /** What of its parameters a component says that it uses, by its log from the beginning of a life. */
  readBack(role: PoolHost['role'], log: string): ReadBack;
  /** By a registrar's log. */
  registrarIsReady(log: string): boolean;
  /** Identifiers of the elements that a registrar put into its handlespace, by its log. */
  registeredIn(log: string): ReadonlySet<number>;
  /** Whether an element has accepted a user's request, and is neither done nor given up, by more of its log. */
  isServed(userLines: string, before: boolean): boolean;
  /** Whether an element works on a request, by more of its log. */
  isWorking(elementLines: string, before: boolean): boolean;
  /** Whether an element may be at work without an association with a user. @defaultValue false */
  readonly worksWithoutSessions?: boolean;
  /** How many elements a registrar is home of, by all of its statistics. */
  ownedElements(statistics: string): number;
}
