/**
 * Pools of web servers: an HTTP server that knows nothing of RSerPool becomes a pool element by a proxy in front of it,
 * and HTTP clients become a pool user by a proxy of theirs (RFC 5351, section 3; paper, section 2.2).
 */
import { check } from '../base/check.js';
import { badInput } from '../base/errors.js';
import type { Duration } from '../base/units.js';
import { type Distribution, exponential } from './distribution.js';
import type { PolicyInput } from './policy.js';
import { type PoolElement, type PoolUserRequest, poolElementSchema, poolUserRequestSchema } from './role.js';
import type { SharedKey } from './web-keys.js';

export interface WebElementOptions {
  /**
   * Starts the server on its host, in the folder where rsplab was started, with the variable `PORT` set, e.g.
   * `['node', 'server.js']`. Without one the server is there already, on `port` of its host's loopback device.
   */
  command?: readonly string[];
  /** Files and folders that the command needs beside those that it names, e.g. `['node_modules']`. */
  files?: readonly string[];
  /** Where the server listens on its host. @defaultValue 8000 */
  port?: number;
  /** The server is healthy while it answers here with a status from 200 to 299. */
  health?: {
    /** @defaultValue `/` */
    path?: string;
    /** Time between two questions. @defaultValue 1 s */
    interval?: Duration;
    /** @defaultValue 1 s */
    timeout?: Duration;
    /** So many bad answers in a row make it unhealthy. @defaultValue 2 */
    failures?: number;
  };
  /** How long the server may take until it is healthy for the first time. @defaultValue 20 s */
  startWithin?: Duration;
  /** How long it goes on serving after it has left the pool at a clean shutdown. @defaultValue 1 s */
  drain?: Duration;
  /** Name of the pool (pool handle, RFC 5351). @defaultValue `WebPool` */
  pool?: string;
  /** How the registrar chooses among the pool's elements. @defaultValue `RoundRobin` */
  policy?: PolicyInput;
  /** So many requests under way are a load of 1, unless the health endpoint says `{"load": …}`. @defaultValue 100 */
  maxRequests?: number;
  /** How long a registration is valid; it is renewed before that. @defaultValue 300 s */
  registrationLife?: Duration;
}

/** @throws HarnessError `bad-input` for a value out of range or an unknown option */
export function webElement({ health, ...options }: WebElementOptions): PoolElement {
  const { command = null, files = [], port = 8000, startWithin = 20, drain = 1, ...common } = options;
  return check('webElement', poolElementSchema, {
    kind: 'poolElement',
    implementation: 'proxy',
    pool: 'WebPool',
    policy: 'RoundRobin',
    maxRequests: 100,
    registrationLife: 300,
    ...common,
    server: {
      health: { path: '/', interval: 1, timeout: 1, failures: 2, ...health },
      ...{ command, files, port, startWithin, drain },
    },
    // Calculations and their cookies are CalcApp's.
    ...{ capacity: 1, cookieInterval: null, cookieTime: null, cleanShutdownProbability: 0 },
    ...{ sessionKeepAliveInterval: 1, sessionKeepAliveTimeout: 1 },
  });
}

export interface WebUserOptions {
  /** Requests per second, at random times (a Poisson process) that answers have no influence on. */
  rate?: number;
  /**
   * How long the rate grows from nothing to all of it: programs that have just started are slow.
   * @defaultValue 3 s
   */
  rampUp?: Duration;
  /** The time from one request to the next, instead of a rate. */
  requestInterval?: Distribution;
  /** A script that k6 runs, instead of a rate; k6 has to be on the machine. Its target is `__ENV.RSPLAB_URL`. */
  k6?: string;
  /** @defaultValue `GET` */
  method?: string;
  /** @defaultValue `/` */
  path?: string;
  headers?: Readonly<Record<string, string>>;
  /** @defaultValue none */
  body?: string | null;
  /** How long a client waits for all of an answer; a request that takes longer has failed. @defaultValue 10 s */
  patience?: Duration;
  /** How long an element may take until its answer begins, before another is tried. @defaultValue 5 s */
  requestTimeout?: Duration;
  /** How many elements are tried for a request that may be repeated. @defaultValue 3 */
  attempts?: number;
  /**
   * An element that has requests under way is asked so often whether it still lives, and has as long to answer.
   * @defaultValue 1 s
   */
  keepAlive?: Duration;
  /** How long the answer to a handle resolution is used (RFC 5352, STALE.CACHE.VALUE). @defaultValue 0.5 s */
  staleCacheValue?: Duration;
  /**
   * Sessions stay with an element, by cookies that are sealed with the first of these keys of 32 bytes.
   * @defaultValue none: each request goes where the policy says
   */
  sticky?: readonly SharedKey[] | null;
  /** Name of the pool (pool handle, RFC 5351). @defaultValue `WebPool` */
  pool?: string;
}

/** @throws HarnessError `bad-input` for a value out of range, an unknown option, or not one source of requests */
export function webUser({ rate, requestInterval, k6, ...options }: WebUserOptions): PoolUserRequest {
  const given = Object.entries({ rate, requestInterval, k6 }).flatMap(([name, it]) => (it === undefined ? [] : [name]));
  if (given.length !== 1) {
    const got = given.join(' and ') || 'none';
    throw badInput(`webUser: expected exactly one of rate, requestInterval and k6, got ${got}`);
  }
  if (rate !== undefined && !(rate > 0))
    throw badInput(`webUser.rate: expected requests per second above 0, got ${rate}`);
  const { method = 'GET', path = '/', headers = {}, body = null, patience = 10, attempts = 3, ...more } = options;
  const { rampUp = 3, staleCacheValue = 0.5, sticky = null, ...rest } = more;
  const { keepAlive = 1, requestTimeout = 5, ...common } = rest;
  return check('webUser', poolUserRequestSchema, {
    kind: 'poolUser',
    implementation: 'proxy',
    pool: 'WebPool',
    ...common,
    ...{ sessionKeepAliveInterval: keepAlive, sessionKeepAliveTimeout: keepAlive, requestTimeout },
    // A request is a request: nobody calculates.
    requestSize: { kind: 'constant', mean: 1 },
    // Those of k6 come when its script says.
    requestInterval: requestInterval ?? exponential(rate === undefined ? 1 : 1 / rate),
    load: { k6: k6 ?? null, method, path, headers, body, patience, attempts, rampUp, staleCacheValue, sticky },
  });
}
