/** The contract of a pool driver: it knows how the components of a pool are started, watched and ended on hosts. */
import type { Clock } from '../base/clock.js';
import type { Plan } from '../experiment/plan.js';
import type { FaultHandler } from '../fault/injector.js';
import type { OpenLab } from '../lab/lab.js';
import type { UntimedEvent } from '../result/journal.js';

export interface PoolDriver {
  /** @throws HarnessError `bad-input` for a plan that the implementations cannot carry out faithfully */
  checkPlan(plan: Plan): void;
  deploy(plan: Plan, lab: OpenLab, context: PoolContext): DeployedPool;
}

/** Programs of somebody's own build, in place of those that this implementation has. */
export interface GivenPrograms {
  /** Has all that they need, where hosts see it. */
  readonly folder: string;
  /** By what they stand in for. */
  readonly commands: Readonly<Record<string, string>>;
}

export interface PoolContext {
  readonly folder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly programs?: GivenPrograms | null;
  /** Where relative paths of an experiment's own programs begin, as hosts see it. */
  readonly workspace?: string | undefined;
  readonly record: (event: UntimedEvent) => void;
  /** Told once when a component ended that nobody asked to end. */
  readonly broken: (reason: string) => void;
}

/** Components in the order in which they need each other; each step resolves with evidence that it is done. */
export interface DeployedPool extends FaultHandler {
  startRegistrars(): Promise<void>;
  /** Resolves when every element is in the handlespace. */
  startElements(): Promise<void>;
  startUsers(): Promise<void>;
  /** How many sessions with users each pool element has at this moment. */
  sessions(): Promise<Readonly<Record<string, number>>>;
  /** Ends all components in good order, so that they write what they counted. */
  stop(): Promise<void>;
}
