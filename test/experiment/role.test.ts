import { describe, expect, it } from 'vitest';
import { describePolicy, policySchema } from '../../harness/experiment/policy.js';
import {
  constant,
  exponential,
  type PoolElementOptions,
  type PoolUserOptions,
  poolElement,
  poolUser,
  type RegistrarOptions,
  registrar,
  s,
} from '../../harness/index.js';

describe('what is left out', () => {
  it('of a registrar', () => {
    expect(registrar()).toEqual({
      kind: 'registrar',
      implementation: 'rsplib',
      endpointKeepAliveInterval: 1,
      endpointKeepAliveTimeout: 1,
      maxBadPeReports: null,
      maxHandleResolutionRate: null,
      maxEndpointUnreachableRate: null,
      // RSPLIB's own.
      peerHeartbeatCycle: 2.444,
      peerMaxTimeLastHeard: 5,
      peerMaxTimeNoResponse: 5,
      takeoverExpiryInterval: 5,
      mentorDiscoveryTimeout: 5,
    });
  });

  it('of a pool element', () => {
    expect(poolElement()).toEqual({
      kind: 'poolElement',
      implementation: 'rsplib',
      pool: 'CalcAppPool',
      policy: { name: 'RoundRobin' },
      capacity: 1e6,
      maxRequests: 100,
      cookieInterval: 1e6,
      cookieTime: null,
      cleanShutdownProbability: 0,
      sessionKeepAliveInterval: 1,
      sessionKeepAliveTimeout: 1,
      registrationLife: 300,
    });
  });

  it('of a pool user', () => {
    expect(poolUser({ requestInterval: constant(15) })).toEqual({
      kind: 'poolUser',
      implementation: 'rsplib',
      pool: 'CalcAppPool',
      sessionKeepAliveInterval: 1,
      sessionKeepAliveTimeout: 1,
      requestTimeout: 1,
      requestSize: { kind: 'exponential', mean: 1e7 },
      requestInterval: { kind: 'constant', mean: 15 },
    });
  });
});

describe('keep-alives', () => {
  it('are both set by keepAlive, and each by its own name', () => {
    const timeouts = ({ sessionKeepAliveInterval, sessionKeepAliveTimeout }: ReturnType<typeof poolElement>) => [
      sessionKeepAliveInterval,
      sessionKeepAliveTimeout,
    ];
    expect(timeouts(poolElement({ keepAlive: s(3) }))).toEqual([3, 3]);
    expect(timeouts(poolElement({ keepAlive: s(3), sessionKeepAliveTimeout: s(1) }))).toEqual([3, 1]);
  });

  it('give a user its request timeout, unless it has one of its own', () => {
    const user = { requestInterval: constant(15), keepAlive: s(3) };
    expect(poolUser(user).requestTimeout).toBe(3);
    expect(poolUser({ ...user, requestTimeout: s(2) }).requestTimeout).toBe(2);
  });
});

it('writes no limit as null, for JSON has no infinity', () => {
  const without = { cookieInterval: Number.POSITIVE_INFINITY, cookieTime: Number.POSITIVE_INFINITY };
  expect(poolElement(without)).toMatchObject({ cookieInterval: null, cookieTime: null });
  expect(registrar({ maxBadPeReports: Number.POSITIVE_INFINITY }).maxBadPeReports).toBeNull();
});

describe('policies', () => {
  it('are a name, or a name with parameters of its own', () => {
    expect(policySchema.parse('WeightedRandomDPF')).toEqual({
      name: 'WeightedRandomDPF',
      weight: 1,
      distancePenaltyFactor: 0,
    });
    expect(poolElement({ policy: { name: 'LeastUsedDegradation', loadDegradation: 0.1 } }).policy).toEqual({
      name: 'LeastUsedDegradation',
      loadDegradation: 0.1,
    });
    expect(describePolicy(policySchema.parse({ name: 'WeightedRoundRobin', weight: 3 }))).toBe('WeightedRoundRobin(3)');
    expect(describePolicy(policySchema.parse('LeastUsed'))).toBe('LeastUsed');
  });
});

describe('refusals', () => {
  const policies = policySchema.out.options.map(({ shape }) => shape.name.value);
  const element = (options: object) => () => poolElement(options as PoolElementOptions);
  const user = (options: object) => () => poolUser({ requestInterval: constant(1), ...options } as PoolUserOptions);
  const pr = (options: object) => () => registrar(options as RegistrarOptions);

  it.each([
    ['capacity 0', element({ capacity: 0 }), 'poolElement.capacity: expected more than 0, got 0'],
    ['capacity as text', element({ capacity: '1e6' }), 'poolElement.capacity: expected number, got "1e6"'],
    ['endless capacity', element({ capacity: Infinity }), 'poolElement.capacity: expected number, got Infinity'],
    ['no requests', element({ maxRequests: 0 }), 'poolElement.maxRequests: expected at least 1, got 0'],
    ['half a request', element({ maxRequests: 0.5 }), 'poolElement.maxRequests: expected int, got 0.5'],
    [
      'cookies without a pause',
      element({ cookieInterval: 0 }),
      'poolElement.cookieInterval: expected more than 0, got 0',
    ],
    [
      'more than certainty',
      element({ cleanShutdownProbability: 1.1 }),
      'poolElement.cleanShutdownProbability: expected at most 1, got 1.1',
    ],
    [
      'a negative keep-alive',
      element({ keepAlive: s(-1) }),
      'poolElement.sessionKeepAliveInterval: expected more than 0, got -1',
    ],
    ['a nameless pool', element({ pool: '' }), 'poolElement.pool: expected at least 1 character, got ""'],
    ['an unknown option', element({ capcity: 1e6 }), "poolElement: unknown option 'capcity'"],
    [
      'an unknown policy',
      element({ policy: 'Fastest' }),
      `poolElement.policy.name: expected one of ${policies.join(', ')}, got "Fastest"`,
    ],
    [
      'another policy’s parameter',
      element({ policy: { name: 'Random', weight: 2 } }),
      "poolElement.policy: unknown option 'weight'",
    ],
    [
      'a weight of nothing',
      element({ policy: { name: 'WeightedRandom', weight: 0 } }),
      'poolElement.policy.weight: expected at least 1, got 0',
    ],
    ['no reports', pr({ maxBadPeReports: 0 }), 'registrar.maxBadPeReports: expected at least 1, got 0'],
    [
      'a keep-alive of nothing',
      pr({ endpointKeepAliveTimeout: s(0) }),
      'registrar.endpointKeepAliveTimeout: expected more than 0, got 0',
    ],
    ['an unknown option of a registrar', pr({ keepAlive: s(1) }), "registrar: unknown option 'keepAlive'"],
    [
      'no request rate',
      user({ requestInterval: undefined }),
      'poolUser: expected either requestInterval or targetUtilisation, got neither',
    ],
    [
      'two request rates',
      user({ targetUtilisation: 0.6 }),
      'poolUser: expected either requestInterval or targetUtilisation, got both',
    ],
    ['a number for a distribution', user({ requestInterval: 15 }), 'poolUser.requestInterval: expected object, got 15'],
    [
      'no utilisation',
      () => poolUser({ targetUtilisation: 0 }),
      'poolUser.requestInterval.targetUtilisation: expected more than 0, got 0',
    ],
    ['a mean of nothing', () => exponential(0), 'exponential.mean: expected more than 0, got 0'],
    ['a negative constant', () => constant(-1), 'constant.mean: expected more than 0, got -1'],
  ])('of %s', (_, make, message) => expect(make).toThrow(expect.objectContaining({ code: 'bad-input', message })));
});
