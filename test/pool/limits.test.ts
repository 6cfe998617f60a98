import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../harness/experiment/load.js';
import { gridOf, type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import {
  constant,
  experiment,
  exponential,
  minutes,
  ms,
  type PoolElementOptions,
  type PoolUserOptions,
  poolElement,
  poolUser,
  type RegistrarOptions,
  registrar,
  s,
} from '../../harness/index.js';
import { checkPool } from '../../harness/pool/driver/check.js';
import { dualHomed } from '../../topologies/dual-homed.js';

interface Parts {
  registrar?: RegistrarOptions;
  element?: PoolElementOptions;
  user?: PoolUserOptions;
}

const planOf = (parts: Parts = {}): Plan =>
  resolvePlan(
    experiment({
      name: 'test',
      topology: dualHomed({ elements: 1, users: 1 }),
      deploy: () => ({
        registrars: registrar(parts.registrar),
        elements: poolElement(parts.element),
        users: poolUser({ requestInterval: exponential(s(15)), ...parts.user }),
      }),
      phases: { measure: s(60) },
    }),
  );

describe('what RSPLIB would change or cannot do is refused', () => {
  it('takes a plan of defaults', () => expect(() => checkPool(planOf())).not.toThrow());

  it('takes what lies on the bounds', () => {
    const plan = planOf({
      registrar: { endpointKeepAliveInterval: ms(300), endpointKeepAliveTimeout: minutes(1), peerHeartbeatCycle: s(1) },
      element: { keepAlive: ms(100), cookieTime: ms(100), pool: 'ü'.repeat(16), cookieInterval: Infinity },
    });
    expect(() => checkPool(plan)).not.toThrow();
  });

  const shipped = readdirSync('experiments').filter((name) => name.endsWith('.ts'));
  it.each(shipped)('takes every point of the shipped %s', async (name) => {
    const { experiment: it } = await loadExperiment(`experiments/${name}`);
    for (const point of gridOf(it)) expect(() => checkPool(resolvePlan(it, { point }))).not.toThrow();
  });

  it.each<[string, Parts, string]>([
    [
      'a keep-alive under 100 ms',
      { element: { keepAlive: ms(50) } },
      'test.pe1.sessionKeepAliveInterval: expected at least 0.1 s, for RSPLIB silently changes what is beyond, got 0.05 s',
    ],
    [
      'a short timeout of a user',
      { user: { sessionKeepAliveTimeout: ms(99) } },
      'test.pu1.sessionKeepAliveTimeout: expected at least 0.1 s, for RSPLIB silently changes what is beyond, got 0.099 s',
    ],
    ...(
      [
        ['endpointKeepAliveInterval', 0.3, 300],
        ['endpointKeepAliveTimeout', 0.1, 60],
        ['peerHeartbeatCycle', 1, 300],
        ['peerMaxTimeLastHeard', 1, 300],
        ['peerMaxTimeNoResponse', 1, 60],
        ['takeoverExpiryInterval', 1, 60],
        ['mentorDiscoveryTimeout', 1, 60],
      ] as const
    ).flatMap(([name, least, most]) =>
      [least - 0.05, most + 1].map((value): [string, Parts, string] => [
        `a registrar's ${name} of ${value} s`,
        { registrar: { [name]: s(value) } },
        `test.pr1.${name}: expected ${least} to ${most} s, for RSPLIB silently changes what is beyond, got ${value} s`,
      ]),
    ),
    [
      'more failure reports than 32 bits hold',
      { registrar: { maxBadPeReports: 2 ** 32 } },
      'test.pr1.maxBadPeReports: expected 1 to 4294967295, for RSPLIB silently changes what is beyond, got 4294967296',
    ],
    [
      'more requests than 31 bits hold',
      { element: { maxRequests: 2 ** 31 } },
      'test.pe1.maxRequests: expected 1 to 2147483647, for RSPLIB silently changes what is beyond, got 2147483648',
    ],
    [
      'less than a calculation a second',
      { element: { capacity: 0.5 } },
      'test.pe1.capacity: expected at least 1, for RSPLIB silently changes what is beyond, got 0.5',
    ],
    [
      'a cookie every twentieth of a second',
      { element: { cookieTime: ms(50) } },
      'test.pe1.cookieTime: expected at least 0.1 s, for RSPLIB silently changes what is beyond, got 0.05 s',
    ],
    [
      'a cookie for less than a calculation',
      { element: { cookieInterval: 0.5 } },
      'test.pe1.cookieInterval: expected at least 1, for RSPLIB silently changes what is beyond, got 0.5',
    ],
    [
      'a registration for fifty days',
      { element: { registrationLife: s(4_320_000) } },
      'test.pe1.registrationLife: expected 0.003 to 4294967 s, for RSPLIB silently changes what is beyond, got 4320000 s',
    ],
    [
      'requests faster than a microsecond counts',
      { user: { requestInterval: exponential(s(0.0001)) } },
      'test.pu1.requestInterval: expected a mean of at least 0.001 s, for RSPLIB counts whole microseconds, got 0.0001 s',
    ],
    [
      'a pool handle of 20 letters and 40 bytes',
      { element: { pool: 'ü'.repeat(20) } },
      'test.pe1.pool: expected at most 32 bytes, the longest pool handle of RSPLIB, got 40',
    ],
    [
      'a pool handle over two lines',
      { user: { pool: 'a\nb' } },
      'test.pu1.pool: expected a pool handle without control characters, got "a\\nb"',
    ],
    [
      'parts of a millisecond',
      { user: { keepAlive: ms(100.5) } },
      'test.pu1.sessionKeepAliveInterval: expected whole milliseconds, which is what RSPLIB takes, got 100.5 ms',
    ],
    [
      'a constant size',
      { user: { requestSize: constant(1e6) } },
      "test.pu1.requestSize: expected exponential, which is all that RSPLIB's calcappclient draws, got constant",
    ],
    [
      'a constant interval',
      { user: { requestInterval: constant(s(1)) } },
      "test.pu1.requestInterval: expected exponential, which is all that RSPLIB's calcappclient draws, got constant",
    ],
    [
      'a request timeout of its own',
      { user: { requestTimeout: s(2) } },
      'test.pu1.requestTimeout: expected the session keep-alive timeout (1 s), which RSPLIB uses for both, got 2 s',
    ],
  ])('%s', (_, parts, message) => {
    expect(() => checkPool(planOf(parts))).toThrow(expect.objectContaining({ code: 'bad-input', message }));
  });

  it.each(['registrar', 'poolElement'])('a pool without a %s', (kind) => {
    const { hosts, ...plan } = planOf();
    expect(() => checkPool({ ...plan, hosts: hosts.filter(({ role }) => role.kind !== kind) })).toThrow(
      `test.deploy: expected at least one ${kind}, got none`,
    );
  });
});
