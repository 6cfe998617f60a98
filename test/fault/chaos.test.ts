import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { chaosKinds } from '../../harness/fault/chaos-kinds.js';
import { mayJoin } from '../../harness/fault/overlap.js';
import type { ScheduledFault } from '../../harness/fault/schedule.js';
import {
  type ChaosOptions,
  chaos,
  experiment,
  exponential,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../../harness/index.js';
import { layOut } from '../../harness/sweep/grid.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { singleLan } from '../../topologies/single-lan.js';

type Groups = 'registrars' | 'elements' | 'users';
const topology = dualHomed({ registrars: 2, elements: 4, users: 3 });
const groupOf = new Map(topology.hosts.map(({ name, group }) => [name, group]));

/** One fault as a span of time on its hosts. */
const spansOf = (faults: readonly ScheduledFault[]) =>
  faults.map((each) => {
    if (each.when !== 'at' || each.fault.target.select !== 'named') throw new Error('expected at(…, named(…))');
    const { time, lasting, fault } = each;
    const { target, ...rest } = fault;
    return { from: time, to: time + lasting!, hosts: target.select === 'named' ? target.names : [], ...rest };
  });
type Span = ReturnType<typeof spansOf>[number];

const hampering = ['cpuStarve', 'cutPath', 'flap', 'impair'];
const cutting = ['cutPath', 'flap'];
/** The hosts that cannot serve: of a partition, the smaller side, which is named first. */
const downBy = ({ kind, hosts, sides }: Span): readonly string[] =>
  hampering.includes(kind) ? [] : kind === 'partition' ? sides![0]! : hosts;
const rounding = 1e-9;

const spans = fc.double({ min: 0.5, max: 20, noNaN: true });
const requests = fc.record({
  seed: fc.integer(),
  over: fc.double({ min: 30, max: 90, noNaN: true }),
  mtbf: fc.double({ min: 0.5, max: 10, noNaN: true }),
  elements: fc.integer({ min: 0, max: 4 }),
  registrars: fc.integer({ min: 0, max: 2 }),
  healWithin: spans,
  recovery: fc.double({ min: 0, max: 10, noNaN: true }),
  settle: fc.double({ min: 0, max: 20, noNaN: true }),
  weights: fc
    .record(Object.fromEntries(chaosKinds.map((kind) => [kind, fc.constantFrom(0, 0.5, 1, 3)])))
    .filter((weights) => Object.values(weights).some((weight) => weight > 0)),
});

const draw = (request: typeof requests extends fc.Arbitrary<infer T> ? T : never) => {
  const { seed, over, mtbf, elements, registrars, healWithin, recovery, settle, weights } = request;
  const limits = {
    down: { elements, registrars },
    healWithin: s(healWithin),
    recovery: s(recovery),
    settle: s(settle),
  };
  return chaos(seed, { topology, over: s(over), mtbf: s(mtbf), weights, limits });
};

describe('a schedule', () => {
  it('keeps within all of its limits, whatever they are', () => {
    let drawn = 0;
    fc.assert(
      fc.property(requests, (request) => {
        const found = spansOf(draw(request));
        drawn += found.length;
        for (const each of found) {
          expect(each.to - each.from).toBeLessThanOrEqual(request.healWithin + rounding);
          expect(each.to - each.from).toBeGreaterThanOrEqual(request.healWithin / 4 - rounding);
          expect(each.to).toBeLessThanOrEqual(request.over - request.settle + rounding);
        }
        // The most are down when one goes down, so looking at those moments is enough.
        for (const { from } of found) {
          const down = found.filter((it) => it.from <= from && from < it.to + request.recovery - rounding);
          const names = [...new Set(down.flatMap(downBy))].map((name) => groupOf.get(name));
          expect(names.filter((group) => group === 'elements').length).toBeLessThanOrEqual(request.elements);
          expect(names.filter((group) => group === 'registrars').length).toBeLessThanOrEqual(request.registrars);
          expect(names).not.toContain('users');
        }
      }),
      { numRuns: 25 },
    );
    // It was about something.
    expect(drawn).toBeGreaterThan(100);
  });

  it('lets a host recover, has only faults that go together, and leaves it a path', () => {
    let overlaps = 0;
    fc.assert(
      fc.property(requests, (request) => {
        const found = spansOf(draw(request));
        for (const host of groupOf.keys()) {
          const own = found.filter(({ hosts }) => hosts.includes(host));
          for (const [at, each] of own.entries()) {
            const earlier = own.slice(0, at);
            const active = earlier.filter(({ to }) => to > each.from);
            overlaps += active.length;
            expect(mayJoin(each, active)).toBe(true);
            expect(active.filter(({ kind }) => cutting.includes(kind) && cutting.includes(each.kind))).toEqual([]);
            for (const { to } of earlier.filter((it) => it.to <= each.from)) {
              expect(each.from - to).toBeGreaterThanOrEqual(request.recovery - rounding);
            }
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(overlaps).toBeGreaterThan(20);
  });

  it('is its seed’s: the same one bit for bit, another one differs', () => {
    fc.assert(
      fc.property(requests, (request) => {
        expect(JSON.stringify(draw(request))).toBe(JSON.stringify(draw(request)));
      }),
      { numRuns: 25 },
    );
    const options = { topology, over: s(120), mtbf: s(5), limits: { down: { elements: 2 } } };
    const schedules = Array.from({ length: 20 }, (_, seed) => JSON.stringify(chaos(seed, options)));
    expect(new Set(schedules).size).toBe(20);
  });

  it('is a plan’s that simulator and labs can read', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const plan = resolvePlan(chaotic(draw(request)));
        expect(plan.faults).toEqual(draw(request));
      }),
      { numRuns: 20 },
    );
  });
});

describe('weights', () => {
  const kindsOf = (weights: ChaosOptions<Groups>['weights']) =>
    // So many hosts, and faults so short, that limits hardly ever bind.
    spansOf(
      chaos(11, {
        topology: dualHomed({ elements: 20, users: 20 }),
        over: s(1200),
        mtbf: s(2),
        ...(weights && { weights }),
        limits: { down: { elements: 20 }, healWithin: s(1), recovery: s(0) },
      }),
    ).map(({ kind }) => kind);

  it('of 0, or none, never', () => {
    expect(new Set(kindsOf({ kill: 2, impair: 1, freeze: 0 }))).toEqual(new Set(['kill', 'impair']));
  });

  it('are the shares of kinds', () => {
    const kinds = kindsOf({ kill: 3, freeze: 1 });
    const kills = kinds.filter((kind) => kind === 'kill').length;
    // Binomial with p = 3/4; five deviations.
    const deviation = Math.sqrt(kinds.length * 0.75 * 0.25);
    expect(kinds.length).toBeGreaterThan(400);
    expect(Math.abs(kills - 0.75 * kinds.length)).toBeLessThan(5 * deviation);
  });

  it('are equal for every kind when left out', () => {
    const kinds = kindsOf(undefined);
    const expected = kinds.length / chaosKinds.length;
    for (const kind of chaosKinds) {
      const count = kinds.filter((it) => it === kind).length;
      expect(Math.abs(count - expected), kind).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  it('come at the mean time between faults', () => {
    const kinds = kindsOf({ kill: 1 });
    // 1200 s / 2 s; a Poisson count deviates by its root.
    expect(Math.abs(kinds.length - 600)).toBeLessThan(5 * Math.sqrt(600));
  });
});

describe('hosts', () => {
  const hitBy = (options: Partial<ChaosOptions<Groups>>) =>
    spansOf(
      chaos(1, {
        topology,
        over: s(2000),
        mtbf: s(3),
        limits: { down: { elements: 1 }, healWithin: s(4) },
        ...options,
      }),
    );

  it('of groups that may not go down are only hampered', () => {
    const hit = hitBy({});
    const kinds = (group: string) =>
      new Set(hit.filter(({ hosts }) => hosts.some((host) => groupOf.get(host) === group)).map(({ kind }) => kind));
    // A partition that takes elements down strikes everybody else too.
    expect(kinds('users')).toEqual(new Set([...hampering, 'partition']));
    expect(kinds('registrars')).toEqual(new Set([...hampering, 'partition']));
    expect(kinds('elements')).toEqual(new Set(chaosKinds));
  });

  it('with a single path keep it', () => {
    const single = singleLan({ elements: 4, users: 3 });
    expect(hitBy({ topology: single }).filter(({ kind }) => cutting.includes(kind))).toEqual([]);
  });

  it('come back under new addresses where that is allowed', () => {
    const strangers = (options: Partial<ChaosOptions<Groups>>) =>
      hitBy({ limits: { down: { elements: 1, registrars: 1 }, healWithin: s(4) }, ...options })
        .filter(({ reappear }) => reappear === 'new-address')
        .map(({ hosts: [host] }) => groupOf.get(host!));
    expect(strangers({})).toEqual([]);
    expect(new Set(strangers({ readdress: ['elements'] }))).toEqual(new Set(['elements']));
  });
});

const chaotic = (faults: readonly ScheduledFault[] | 'drawn') =>
  experiment<Groups>({
    name: 'chaotic',
    topology,
    deploy: () => ({
      registrars: registrar(),
      elements: poolElement(),
      users: poolUser({ requestInterval: exponential(s(5)) }),
    }),
    phases: { measure: s(400) },
    faults:
      faults === 'drawn'
        ? (_, { seed, topology, over }) =>
            chaos(seed, { topology, over, mtbf: s(5), limits: { down: { elements: 2 } } })
        : (faults as never),
  });

describe('an experiment', () => {
  it('hands its run’s seed and length to the schedule', () => {
    const limits = { down: { elements: 2 } };
    const of = (seed: number, over: number) => chaos(seed, { topology, over: s(over), mtbf: s(5), limits });
    expect(resolvePlan(chaotic('drawn'), { seed: 7 }).faults).toEqual(of(7, 400));
    expect(resolvePlan(chaotic('drawn'), { seed: 8, phases: { measure: 60 } }).faults).toEqual(of(8, 60));
  });
});

describe('a sweep', () => {
  it('draws a schedule for each replication', () => {
    const loaded = { file: 'chaotic.ts', experiment: chaotic('drawn') as never, question: null, expectation: null };
    const subject = { check: () => {} };
    const grid = layOut(loaded, { seed: 5, restriction: {}, phases: {}, subject });
    const plans = [1, 2, 1].map((replication) => grid.planFor(grid.points[0]!, replication));
    const limits = { down: { elements: 2 } };
    for (const plan of plans) {
      expect(plan.faults).toEqual(chaos(plan.seed, { topology, over: s(400), mtbf: s(5), limits }));
    }
    expect(plans[0]).toEqual(plans[2]);
    expect(plans[0]!.faults).not.toEqual(plans[1]!.faults);
  });
});

describe('refusals', () => {
  const limits = { down: { elements: 1 } };
  const asking = (options: object) => () =>
    chaos(1, { topology, over: s(60), mtbf: s(5), limits, ...options } as never);
  it.each([
    ['no mean time', asking({ mtbf: 0 }), 'chaos.mtbf: expected more than 0, got 0'],
    ['an unknown kind', asking({ weights: { explode: 1 } }), "chaos.weights: unknown option 'explode'"],
    ['only weights of 0', asking({ weights: { kill: 0 } }), 'chaos.weights: expected a weight above 0, got none'],
    [
      'an unknown group',
      asking({ limits: { down: { servers: 1 } } }),
      "chaos: expected one of the host groups registrars, elements, users, got 'servers'",
    ],
    [
      'limits that contradict each other',
      asking({ limits: { ...limits, healWithin: 2, lastsAtLeast: 3 } }),
      'chaos.limits.lastsAtLeast: expected at most healWithin (2 s), got 3 s',
    ],
    [
      'a quiet time without a loud one',
      asking({ limits: { ...limits, settle: 60 } }),
      'chaos.limits.settle: expected time for a fault before it, got 60 s of 60 s',
    ],
  ])('of %s', (_, make, message) => expect(make).toThrow(expect.objectContaining({ code: 'bad-input', message })));
});
