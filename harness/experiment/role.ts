/**
 * The three RSerPool components as an experiment asks for them: every parameter of the paper (section 4), documented
 * and optional here, complete and frozen in the plan. Spans are in seconds, work in calculations.
 */
import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput } from '../base/errors.js';
import type { Duration } from '../base/units.js';
import { attackerSchema } from './attacker.js';
import { type Distribution, distributionSchema } from './distribution.js';
import { type PolicyInput, policySchema } from './policy.js';
import { webLoadSchema, webServerSchema } from './web-parts.js';

const span = z.number().positive();
/** Not limited: written null in the plan, because JSON has no infinity. */
const limit = z.preprocess((it) => (it === Number.POSITIVE_INFINITY ? null : it), z.number().positive().nullable());

/**
 * Whose program plays a role; in one experiment they may be mixed. `proxy` is rsplab's own, too: for web servers and
 * their clients, which know nothing of RSerPool.
 */
export const implementationNames = ['rsplib', 'native', 'proxy'] as const;
export type ImplementationName = (typeof implementationNames)[number];
// Plans of earlier versions knew one only.
const implementation = z.enum(implementationNames).default('rsplib');

/** RSPLIB's own, which are far below those of RFC 5353 (30 s, 61 s, 5 s, –, 5 s). */
const enrpDefaults = {
  peerHeartbeatCycle: 2.444,
  peerMaxTimeLastHeard: 5,
  peerMaxTimeNoResponse: 5,
  takeoverExpiryInterval: 5,
  mentorDiscoveryTimeout: 5,
};

export const registrarSchema = z.strictObject({
  kind: z.literal('registrar'),
  implementation: z.enum(['rsplib', 'native']).default('rsplib'),
  endpointKeepAliveInterval: span,
  endpointKeepAliveTimeout: span,
  maxBadPeReports: z.preprocess((it) => (it === Number.POSITIVE_INFINITY ? null : it), z.int().min(1).nullable()),
  // Plans of older runs say nothing of rates: they had no limits.
  maxHandleResolutionRate: limit.default(null),
  maxEndpointUnreachableRate: limit.default(null),
  // Plans of earlier versions did not say.
  peerHeartbeatCycle: span.default(enrpDefaults.peerHeartbeatCycle),
  peerMaxTimeLastHeard: span.default(enrpDefaults.peerMaxTimeLastHeard),
  peerMaxTimeNoResponse: span.default(enrpDefaults.peerMaxTimeNoResponse),
  takeoverExpiryInterval: span.default(enrpDefaults.takeoverExpiryInterval),
  mentorDiscoveryTimeout: span.default(enrpDefaults.mentorDiscoveryTimeout),
});

export const poolElementSchema = z.strictObject({
  kind: z.literal('poolElement'),
  implementation,
  pool: z.string().min(1),
  policy: policySchema,
  capacity: span,
  maxRequests: z.int().min(1),
  cookieInterval: limit,
  cookieTime: limit,
  cleanShutdownProbability: z.number().min(0).max(1),
  sessionKeepAliveInterval: span,
  sessionKeepAliveTimeout: span,
  registrationLife: span,
  /** Of a pool of web servers. */
  server: webServerSchema.optional(),
});

export const poolUserSchema = z.strictObject({
  kind: z.literal('poolUser'),
  implementation,
  pool: z.string().min(1),
  sessionKeepAliveInterval: span,
  sessionKeepAliveTimeout: span,
  requestTimeout: span,
  requestSize: distributionSchema,
  requestInterval: distributionSchema,
  /** Of a pool of web servers. */
  load: webLoadSchema.optional(),
});

export const roleSchema = z.discriminatedUnion('kind', [
  registrarSchema,
  poolElementSchema,
  poolUserSchema,
  attackerSchema,
]);

export type Registrar = z.infer<typeof registrarSchema>;
export type PoolElement = z.infer<typeof poolElementSchema>;
export type PoolUser = z.infer<typeof poolUserSchema>;
export type { Attacker } from './attacker.js';
export type Role = z.infer<typeof roleSchema>;

/** A pool user whose request interval may still wait for the number of elements and users. */
export const poolUserRequestSchema = poolUserSchema.extend({
  requestInterval: z.union([distributionSchema, z.strictObject({ targetUtilisation: span })]),
});
export type PoolUserRequest = z.infer<typeof poolUserRequestSchema>;
export type RoleRequest = Exclude<Role, PoolUser> | PoolUserRequest;

export interface ComponentOptions {
  /** Whose program it is: RSPLIB's, or rsplab's own. @defaultValue `rsplib` */
  implementation?: Exclude<ImplementationName, 'proxy'>;
}

export interface RegistrarOptions extends ComponentOptions {
  /** How long the registrar waits before it asks a registered element again. @defaultValue 1 s */
  endpointKeepAliveInterval?: Duration;
  /** How long an element may take to answer before it is removed. @defaultValue 1 s */
  endpointKeepAliveTimeout?: Duration;
  /** Failure reports after which an element is removed (MAX-BAD-PE-REPORT, RFC 5352). @defaultValue Infinity: never */
  maxBadPeReports?: number;
  /**
   * Handle resolutions per second that one association may ask for in one pool; what goes beyond is refused (RSPLIB's
   * `-maxhrrate`). @defaultValue Infinity
   */
  maxHandleResolutionRate?: number;
  /**
   * Failure reports per second that one association may send about one element; what goes beyond is ignored (RSPLIB's
   * `-maxeurate`). @defaultValue Infinity
   */
  maxEndpointUnreachableRate?: number;
  /** A registrar tells its peers that often that it lives (PEER-HEARTBEAT-CYCLE, RFC 5353). @defaultValue 2.444 s */
  peerHeartbeatCycle?: Duration;
  /** Silence after which a peer is asked whether it still lives (MAX-TIME-LAST-HEARD). @defaultValue 5 s */
  peerMaxTimeLastHeard?: Duration;
  /** How long it may take to answer before it is taken over (MAX-TIME-NO-RESPONSE). @defaultValue 5 s */
  peerMaxTimeNoResponse?: Duration;
  /** How long the other peers may take to agree to a takeover. @defaultValue 5 s */
  takeoverExpiryInterval?: Duration;
  /**
   * How long a registrar that starts looks for one to learn the handlespace from (TIMEOUT-SERVER-HUNT); shorter than
   * the others' heartbeat cycle it may miss them. @defaultValue 5 s
   */
  mentorDiscoveryTimeout?: Duration;
}

/** @throws HarnessError `bad-input` for a value out of range or an unknown option */
export const registrar = (options: RegistrarOptions = {}): Registrar =>
  check('registrar', registrarSchema, {
    kind: 'registrar',
    endpointKeepAliveInterval: 1,
    endpointKeepAliveTimeout: 1,
    maxBadPeReports: null,
    maxHandleResolutionRate: null,
    maxEndpointUnreachableRate: null,
    ...enrpDefaults,
    ...options,
  });

export interface SessionOptions extends ComponentOptions {
  /** Name of the pool (pool handle, RFC 5351). @defaultValue `CalcAppPool` */
  pool?: string;
  /** Session keep-alive interval and timeout in one. */
  keepAlive?: Duration;
  /** Quiet time after which the peer is asked whether it still lives. @defaultValue 1 s */
  sessionKeepAliveInterval?: Duration;
  /** How long the peer may take to answer. @defaultValue 1 s */
  sessionKeepAliveTimeout?: Duration;
}

export interface PoolElementOptions extends SessionOptions {
  /** How the registrar chooses among the pool's elements. @defaultValue `RoundRobin` */
  policy?: PolicyInput;
  /** Calculations per second, shared equally by the requests being processed. @defaultValue 1e6 */
  capacity?: number;
  /** Requests processed at a time; one more is rejected. @defaultValue 100 */
  maxRequests?: number;
  /** Calculations of a request between two state cookies (CookieMaxCalcs); Infinity: no cookies. @defaultValue 1e6 */
  cookieInterval?: number;
  /** Time between two state cookies of a request. @defaultValue Infinity */
  cookieTime?: number;
  /** Share of `failure` faults that are clean shutdowns (paper, section 5.1.2). @defaultValue 0 */
  cleanShutdownProbability?: number;
  /** How long a registration is valid; it is renewed before that. @defaultValue 300 s */
  registrationLife?: Duration;
}

/** @throws HarnessError `bad-input` for a value out of range or an unknown option */
export const poolElement = (options: PoolElementOptions = {}): PoolElement =>
  check('poolElement', poolElementSchema, {
    kind: 'poolElement',
    pool: 'CalcAppPool',
    policy: 'RoundRobin',
    capacity: 1e6,
    maxRequests: 100,
    cookieInterval: 1e6,
    cookieTime: null,
    cleanShutdownProbability: 0,
    registrationLife: 300,
    ...keepAlives(options),
  });

export interface PoolUserOptions extends SessionOptions {
  /** How long an element may take to accept a request. @defaultValue the session keep-alive timeout */
  requestTimeout?: Duration;
  /** Calculations of a request. @defaultValue exponential(1e7) */
  requestSize?: Distribution;
  /** Time from one request's generation to the next one's. Needed unless `targetUtilisation` is given. */
  requestInterval?: Distribution;
  /**
   * Derives the mean interval (exponential) from the utilisation wanted, a fraction above 0 (paper, section 3):
   * interval = PU:PE ratio × size / (utilisation × capacity).
   */
  targetUtilisation?: number;
}

/** @throws HarnessError `bad-input` for a value out of range, an unknown option, or not exactly one request rate */
export function poolUser({ targetUtilisation, ...options }: PoolUserOptions = {}): PoolUserRequest {
  if ((targetUtilisation === undefined) === (options.requestInterval === undefined)) {
    const got = targetUtilisation === undefined ? 'neither' : 'both';
    throw badInput(`poolUser: expected either requestInterval or targetUtilisation, got ${got}`);
  }
  const filled = keepAlives(options);
  return check('poolUser', poolUserRequestSchema, {
    kind: 'poolUser',
    pool: 'CalcAppPool',
    requestSize: { kind: 'exponential', mean: 1e7 },
    requestTimeout: filled.sessionKeepAliveTimeout,
    requestInterval: { targetUtilisation },
    ...filled,
  });
}

const keepAlives = <T extends SessionOptions>({ keepAlive, ...options }: T) => ({
  sessionKeepAliveInterval: keepAlive ?? 1,
  sessionKeepAliveTimeout: keepAlive ?? 1,
  ...options,
});
