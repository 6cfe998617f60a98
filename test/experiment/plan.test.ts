import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOf, meanCapacity, type PlanOptions, planSchema, resolvePlan } from '../../harness/experiment/plan.js';
import {
  all,
  at,
  busy,
  constant,
  cutPath,
  type Experiment,
  every,
  experiment,
  exponential,
  failoverDelay,
  failure,
  handlingSpeed,
  hosts,
  impair,
  kill,
  ms,
  mtbf,
  named,
  network,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
  topology,
} from '../../harness/index.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { singleLan } from '../../topologies/single-lan.js';

type Groups = 'registrars' | 'elements' | 'users';

const roles = {
  registrars: registrar(),
  elements: poolElement(),
  users: poolUser({ requestInterval: constant(15) }),
};

const described = (parts: Partial<Experiment<Groups>> = {}): Experiment<Groups> =>
  experiment<Groups>({
    name: 'test',
    topology: dualHomed(),
    deploy: () => roles,
    phases: { measure: s(60) },
    ...parts,
  }) as Experiment<Groups>;

const interval = (parts: Partial<Experiment<Groups>>) => {
  const user = resolvePlan(described(parts)).hosts.find(({ role }) => role.kind === 'poolUser')!;
  return user.role.kind === 'poolUser' ? user.role.requestInterval : undefined;
};

describe('a plan', () => {
  it('has every choice made', () => {
    expect(resolvePlan(described())).toMatchObject({
      schemaVersion: 1,
      experiment: 'test',
      question: null,
      expectation: null,
      file: null,
      seed: 1,
      point: {},
      phases: { settle: 0, warmUp: 0, measure: 60, drain: 0 },
      faults: [],
      checks: [],
      margin: 0.1,
      model: 'deployment',
    });
  });

  it('gives every host its role, one for all of a group or by its index', () => {
    const byIndex = (index: number) => poolElement({ capacity: index * 1e6 });
    const plan = resolvePlan(described({ deploy: () => ({ ...roles, elements: byIndex }) }));
    const capacities = plan.hosts.flatMap(({ name, role }) =>
      role.kind === 'poolElement' ? [[name, role.capacity]] : [],
    );
    expect(capacities).toEqual([
      ['pe1', 1e6],
      ['pe2', 2e6],
      ['pe3', 3e6],
    ]);
    expect(meanCapacity(plan)).toBe(2e6);
  });

  it('takes other phase lengths than the experiment’s', () => {
    const { phases } = resolvePlan(described({ phases: { measure: s(60), drain: s(5) } }), { phases: { measure: 7 } });
    expect(phases).toEqual({ settle: 0, warmUp: 0, measure: 7, drain: 5 });
  });

  it('is frozen all the way down', () => {
    const plan = resolvePlan(described({ faults: [at(s(1), kill(all('elements')))] }));
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      Object.values(value).forEach(walk);
    };
    walk(plan);
  });

  it('is the same after a way through JSON, whatever is asked for', () => {
    const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
    const span = fc.double({ min: 0, max: 1e4, noNaN: true });
    const limit = fc.oneof(positive, fc.constant(Number.POSITIVE_INFINITY));
    const asked = fc.record({
      counts: fc.record({
        registrars: fc.integer({ min: 1, max: 3 }),
        elements: fc.integer({ min: 1, max: 9 }),
        users: fc.integer({ min: 1, max: 9 }),
      }),
      dual: fc.boolean(),
      capacity: positive,
      cookieInterval: limit,
      reports: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(Number.POSITIVE_INFINITY)),
      utilisation: fc.double({ min: 0.01, max: 2, noNaN: true }),
      policy: fc.constantFrom('RoundRobin' as const, 'LeastUsed' as const, 'WeightedRandomDPF' as const),
      phases: fc.record({ settle: span, warmUp: span, measure: positive, drain: span }),
      seed: fc.integer(),
      lasting: fc.option(span),
    });
    fc.assert(
      fc.property(
        asked,
        ({ counts, dual, capacity, cookieInterval, reports, utilisation, policy, phases, seed, lasting }) => {
          const plan = resolvePlan(
            described({
              topology: (dual ? dualHomed : singleLan)(counts),
              deploy: () => ({
                registrars: registrar({ maxBadPeReports: reports }),
                elements: poolElement({ capacity, cookieInterval, policy }),
                users: poolUser({ targetUtilisation: utilisation }),
              }),
              phases: phases as never,
              faults: [
                every(s(5), powerOff(busy('elements')), lasting === null ? {} : { lasting: s(lasting) }),
                mtbf(s(100), failure(all('elements'))),
                at(s(1), impair(named('pe1'), { delay: ms(5), lossPercent: 1 })),
              ],
              checks: [failoverDelay({ p99Below: s(3) }), handlingSpeed({ percentAtLeast: 50 })],
            }),
            { seed },
          );
          const json = JSON.parse(JSON.stringify(plan));
          expect(json).toEqual(plan);
          expect(planSchema.parse(json)).toEqual(plan);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a target utilisation', () => {
  const size = 1e7;

  it('sets the mean interval to PU:PE ratio × size / (utilisation × capacity)', () => {
    // 10 × 1e7 / (0.6 × 1e6) = 166.667 s, the paper's base scenario.
    const users = poolUser({ targetUtilisation: 0.6, requestSize: exponential(size) });
    const asked = { topology: singleLan({ elements: 10, users: 100 }), deploy: () => ({ ...roles, users }) };
    expect(interval(asked)).toEqual({ kind: 'exponential', mean: expect.closeTo(166.667, 3) });
  });

  it('takes the ratio for at least 1: a lone user is served by one element at a time', () => {
    const users = poolUser({ targetUtilisation: 0.5, requestSize: constant(size) });
    const asked = { topology: singleLan({ elements: 10, users: 2 }), deploy: () => ({ ...roles, users }) };
    // 1 × 1e7 / (0.5 × 1e6)
    expect(interval(asked)).toEqual({ kind: 'exponential', mean: 20 });
  });

  it('counts the elements of the user’s pool only, with their mean capacity', () => {
    const elements = (index: number) => poolElement(index === 3 ? { pool: 'other' } : { capacity: index * 1e6 });
    const users = poolUser({ targetUtilisation: 1, requestSize: constant(size) });
    const asked = { topology: singleLan({ elements: 3, users: 4 }), deploy: () => ({ ...roles, elements, users }) };
    // Two elements of 1.5e6 on average, four users: 2 × 1e7 / 1.5e6.
    expect(interval(asked)?.mean).toBeCloseTo(13.333, 3);
  });

  it('needs elements to derive from', () => {
    const users = poolUser({ targetUtilisation: 1, pool: 'nobody' });
    expect(() => interval({ deploy: () => ({ ...roles, users }) })).toThrow(
      "test.deploy: expected pool elements in 'nobody' to derive the request interval from, got none",
    );
  });
});

describe('what is varied', () => {
  const varied = experiment({
    name: 'varied',
    topology: ({ scale }) => dualHomed({ elements: scale }),
    vary: { scale: [2, 4], policy: ['LeastUsed', 'Random'], warm: [true, false] },
    deploy: ({ policy }) => ({ ...roles, elements: poolElement({ policy }) }),
    phases: ({ warm }) => ({ warmUp: s(warm ? 10 : 0), measure: s(60) }),
    model: ({ scale }) => (scale > 2 ? 'rspsim' : 'deployment'),
  });
  const planOf = (options: PlanOptions) => resolvePlan(varied, options);

  it('takes its first value unless another is chosen', () => {
    expect(planOf({}).point).toEqual({ scale: 2, policy: 'LeastUsed', warm: true });
    const chosen = planOf({ point: { scale: 4, warm: false } });
    expect(chosen.point).toEqual({ scale: 4, policy: 'LeastUsed', warm: false });
    expect(chosen.hosts.filter(({ group }) => group === 'elements')).toHaveLength(4);
    expect(chosen).toMatchObject({ phases: { warmUp: 0 }, model: 'rspsim' });
  });

  it('makes a grid, the last name varying fastest', () => {
    const grid = gridOf(varied as unknown as Experiment);
    expect(grid.map(({ scale, policy, warm }) => `${scale} ${policy} ${warm}`)).toEqual([
      '2 LeastUsed true',
      '2 LeastUsed false',
      '2 Random true',
      '2 Random false',
      '4 LeastUsed true',
      '4 LeastUsed false',
      '4 Random true',
      '4 Random false',
    ]);
    expect(gridOf(described() as unknown as Experiment)).toEqual([{}]);
  });

  it('makes a plan at every point of any grid, which JSON keeps', () => {
    const values = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 });
    const policies = fc.uniqueArray(fc.constantFrom('LeastUsed', 'Random', 'RoundRobin'), { minLength: 1 });
    fc.assert(
      fc.property(values, policies, fc.uniqueArray(fc.boolean(), { minLength: 1 }), (scale, policy, warm) => {
        const any = experiment({ ...varied, vary: { scale, policy, warm } } as never) as unknown as Experiment;
        const grid = gridOf(any);
        expect(grid).toHaveLength(scale.length * policy.length * warm.length);
        expect(new Set(grid.map((point) => JSON.stringify(point))).size).toBe(grid.length);
        for (const point of grid) {
          const plan = resolvePlan(any, { point });
          expect(plan.point).toEqual(point);
          expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [{ sclae: 2 }, "varied: expected one of the varied names scale, policy, warm, got 'sclae'"],
    [{ constructor: 2 }, "varied: expected one of the varied names scale, policy, warm, got 'constructor'"],
    [{ scale: '2' }, 'varied.scale: expected a number such as 2, got "2"'],
    [{ warm: 1 }, 'varied.warm: expected a boolean such as true, got 1'],
  ])('refuses the point %j', (point, message) => {
    expect(() => planOf({ point: point as never })).toThrow(expect.objectContaining({ code: 'bad-input', message }));
  });
});

describe('refusals', () => {
  const tiny = topology({
    name: 'tiny',
    networks: { lan: network('10.0.0.0/29'), wan: network('10.1.0.0/24') },
    hosts: {
      registrars: hosts(1, { on: ['lan'] }),
      elements: hosts(3, { on: ['lan'] }),
      users: hosts(1, { on: ['lan', 'wan'] }),
    },
  });
  const lies = (parts: object) => () => resolvePlan(described(parts as never));

  it.each([
    [
      'a name with blanks',
      lies({ name: 'My Test' }),
      'experiment My Test.name: expected a name of small letters, digits and hyphens, got "My Test"',
    ],
    ['an unknown part', lies({ fautls: [] }), "experiment test: unknown option 'fautls'"],
    ['no deployment', lies({ deploy: undefined }), 'experiment test.deploy: expected function, got nothing'],
    [
      'no topology',
      lies({ topology: undefined }),
      'experiment test.topology: expected object or function, got nothing',
    ],
    [
      'a topology that is none',
      lies({ topology: () => 'dual-homed' }),
      'test.topology: expected object, got "dual-homed"',
    ],
    [
      'an unknown model',
      lies({ model: 'magic' }),
      'experiment test.model: expected one of rspsim, deployment or function, got "magic"',
    ],
    [
      'an unknown model at a point',
      lies({ model: () => 'magic' }),
      'test.model: expected one of rspsim, deployment, got "magic"',
    ],
    ['nothing to measure', lies({ phases: {} }), 'test.phases.measure: expected number, got nothing'],
    [
      'a measurement of no length',
      lies({ phases: { measure: 0 } }),
      'test.phases.measure: expected more than 0, got 0',
    ],
    [
      'a negative warm-up',
      lies({ phases: { measure: 1, warmUp: -1 } }),
      'test.phases.warmUp: expected at least 0, got -1',
    ],
    ['an unknown phase', lies({ phases: { measure: 1, cooldown: 1 } }), "test.phases: unknown option 'cooldown'"],
    [
      'an unknown check',
      lies({ checks: [{ name: 'isNice' }] }),
      expect.stringMatching(/^test\.checks\.0\.name: expected one of noRequestLost, .*failoverDelay, .*got "isNice"$/),
    ],
    ['something else for a fault', lies({ faults: ['kill'] }), 'test.faults.0: expected object, got "kill"'],
    [
      'no value to vary',
      lies({ vary: { scale: [] } }),
      'experiment test.vary.scale: expected at least 1 entry, got []',
    ],
    [
      'a role that is none',
      lies({ deploy: () => ({ ...roles, elements: 'fast' }) }),
      'test.deploy.elements (pe1): expected object, got "fast"',
    ],
    [
      'a role of an unknown kind',
      lies({ deploy: () => ({ ...roles, elements: { kind: 'server' } }) }),
      'test.deploy.elements (pe1).kind: expected one of registrar, poolElement, poolUser, attacker, got "server"',
    ],
    [
      'no role for one of a group',
      lies({ deploy: () => ({ ...roles, elements: () => undefined }) }),
      'test.deploy.elements (pe1): expected object, got nothing',
    ],
    ['no roles at all', lies({ deploy: () => undefined }), 'test.deploy: expected record, got nothing'],
    [
      'a deployment that breaks',
      lies({
        deploy: () => {
          throw new Error('no idea');
        },
      }),
      'test.deploy: expected an answer, got an error: no idea',
    ],
    [
      'a capacity of 0 at a point',
      lies({ deploy: () => ({ ...roles, elements: poolElement({ capacity: 0 }) }) }),
      'poolElement.capacity: expected more than 0, got 0',
    ],
    [
      'users that fail',
      lies({ faults: [at(s(1), failure(all('users')))] }),
      'test.faults.failure: expected pool elements as target, got pu1 (poolUser)',
    ],
    [
      'busy users',
      lies({ faults: [at(s(1), kill(busy('users')))] }),
      'test.faults.kill: expected pool elements or registrars as busy target, got pu1 (poolUser)',
    ],
    [
      'a registrar that moves',
      lies({ faults: [at(s(1), powerOff(all('registrars'), { reappear: 'new-address' }))] }),
      "test.faults.powerOff: expected pr1 back under the address that all know it by, got 'new-address'",
    ],
    [
      'a path that the host does not have',
      lies({ topology: tiny, faults: [at(s(1), cutPath(all('elements'), 'wan'))] }),
      "test.faults.cutPath: expected hosts on 'wan', got pe1, which is not on it",
    ],
    // /29 has six addresses, five are taken.
    [
      'new addresses where there are none',
      lies({ topology: tiny, faults: [at(s(1), powerOff(all('elements'), { reappear: 'new-address' }))] }),
      "test.faults.powerOff: expected 3 spare addresses in 'lan' (10.0.0.0/29) to reappear under, got 1",
    ],
    ['half a seed', () => resolvePlan(described(), { seed: 0.5 }), 'test.seed: expected int, got 0.5'],
  ])('of %s', (_, make, message) => expect(make).toThrow(expect.objectContaining({ code: 'bad-input', message })));
});
