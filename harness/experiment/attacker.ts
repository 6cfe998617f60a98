/**
 * Attackers as an experiment asks for them: what pool users and elements that lie can do to a pool (RFC 5355). They
 * exist on the networks of a lab alone, and are bounded in rate and time.
 */
import { z } from 'zod';
import { check } from '../base/check.js';
import type { Duration } from '../base/units.js';
import type { HostWith, Plan } from './plan.js';

export const attackNames = [
  'falseFailureReports',
  'handleResolutionFlood',
  'registrationFlood',
  'malformedMessages',
] as const;
export type AttackName = (typeof attackNames)[number];

/** Whom malformed messages are sent to; of the other attacks, which all go to registrars, nobody asks. */
export const attackTargets = ['registrars', 'elements', 'users'] as const;
export type AttackTarget = (typeof attackTargets)[number];

/** Bounds that no attacker exceeds, whoever asks for it; of messages per second, seconds, and things of each sort. */
export const attackBounds = { rate: 10_000, seconds: 600, fakeElements: 10_000, associations: 1000 } as const;

export const attackerSchema = z.strictObject({
  kind: z.literal('attacker'),
  pool: z.string().min(1),
  attack: z.enum(attackNames),
  target: z.enum(attackTargets).default('registrars'),
  rate: z.number().positive().max(attackBounds.rate),
  start: z.number().min(0),
  /** Null: until the measurement ends. */
  lasting: z.number().positive().max(attackBounds.seconds).nullable(),
  fakeElements: z.int().min(1).max(attackBounds.fakeElements),
  associations: z.int().min(1).max(attackBounds.associations),
});
export type Attacker = z.infer<typeof attackerSchema>;

export interface AttackerOptions {
  /**
   * `falseFailureReports`: reports elements that live as unreachable, one after another, so that the registrar removes
   * them. `handleResolutionFlood`: asks for elements and uses none. `registrationFlood`: registers elements which
   * accept associations and never answer. `malformedMessages`: sends what ASAP, ENRP and CalcApp may say, and what
   * they may not: a fuzzer, which the run's seed drives.
   */
  attack: AttackName;
  /**
   * Whom `malformedMessages` are for: registrars; elements, on the port where they serve; or users, which an element of
   * the attacker's answers, and which it tells of itself by ASAP's group. @defaultValue `registrars`
   */
  target?: AttackTarget;
  /** Messages of the attack per second, of each attacker; at most 10,000. */
  rate: number;
  /** The pool that is attacked. @defaultValue `CalcAppPool` */
  pool?: string;
  /** When the attack begins, after the beginning of the measurement. @defaultValue 0 s */
  start?: Duration;
  /** How long it lasts, at most 600 s. @defaultValue until the measurement ends */
  lasting?: Duration;
  /** How many different elements a `registrationFlood` registers, again and again; at most 10,000. @defaultValue 10 */
  fakeElements?: number;
  /**
   * By how many associations with the registrar it sends its messages, one after the other; at most 1000.
   * @defaultValue 1
   */
  associations?: number;
}

/** @throws HarnessError `bad-input` for a value out of range or an unknown option */
export const attacker = (options: AttackerOptions): Attacker =>
  check('attacker', attackerSchema, {
    kind: 'attacker',
    pool: 'CalcAppPool',
    start: 0,
    lasting: null,
    target: 'registrars',
    fakeElements: 10,
    associations: 1,
    ...options,
  });

/**
 * When an attacker of a group strikes first, in seconds after the attack's beginning: they take turns at equal
 * distances. Striking all at once, as many of them as a pool has elements would bring Round Robin's turn back to where
 * it was, and do no harm.
 */
export function firstStrike(hosts: Plan['hosts'], { group, index, role }: HostWith<Attacker>): number {
  const attackers = hosts.filter((host) => host.group === group).length;
  return (index - 1) / (attackers * role.rate);
}
