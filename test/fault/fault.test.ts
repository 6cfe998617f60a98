import { describe, expect, it } from 'vitest';
import { type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import {
  all,
  at,
  cpuStarve,
  experiment,
  exponential,
  type Fault,
  flap,
  impair,
  impairNetwork,
  isolate,
  ms,
  named,
  one,
  partition,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../../harness/index.js';
import { dualHomed } from '../../topologies/dual-homed.js';

const planned = (fault: Fault<never>): Plan['faults'][number]['fault'] =>
  resolvePlan(
    experiment({
      name: 'faults',
      topology: dualHomed({ elements: 2, users: 1 }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestInterval: exponential(1) }),
      }),
      phases: { measure: s(10) },
      faults: [at(s(1), fault)],
    }),
  ).faults[0]!.fault;

describe('in a plan', () => {
  it('a partition has hosts on its sides, and strikes all of them', () => {
    const { target, sides } = planned(partition([['pr1', 'pe2'], ['users']]));
    expect(sides).toEqual([['pr1', 'pe2'], ['pu1']]);
    expect(target).toEqual({ select: 'named', names: ['pr1', 'pe2', 'pu1'] });
  });

  it('a network made worse is made so towards each host on it: a packet suffers once', () => {
    expect(planned(impairNetwork('red', { delay: ms(5) }))).toMatchObject({
      target: { select: 'named', names: ['pr1', 'pe1', 'pe2', 'pu1'] },
      network: 'red',
      direction: 'in',
    });
  });

  it('what was left out has its default', () => {
    expect(planned(isolate(named('pe1')))).toMatchObject({ direction: 'both', network: null });
    const burst = { burstLoss: { toBadPercent: 1, toGoodPercent: 25 } };
    expect(planned(impair(named('pe1'), burst))).toMatchObject({
      direction: 'both',
      impairment: { burstLoss: { ...burst.burstLoss, badLossPercent: 100, goodLossPercent: 0 } },
    });
  });
});

describe('refusals', () => {
  const burst = { toBadPercent: 1, toGoodPercent: 25, badLossPercent: 100, goodLossPercent: 0 };
  it.each([
    ['a direction that is none', () => isolate(one('elements'), { direction: 'up' as never }), 'both, in, out'],
    ['a partition with one side', () => partition([['pe1']]), 'partition.sides: expected at least 2 ent'],
    ['a host on two sides', () => planned(partition([['pe1'], ['elements']])), 'without a host in common, got pe1 in'],
    ['unknown hosts on a side', () => planned(partition([['pe1'], ['pe9']])), "got 'pe9'"],
    [
      'a share of nothing',
      () => cpuStarve(all('elements'), { share: 0 }),
      'cpuStarve.cpuShare: expected at least 0.01',
    ],
    ['a flap that never comes up', () => flap(all('elements'), { down: s(1), up: s(0) }), 'flap.flapping.up'],
    [
      'two sorts of loss',
      () => impair(all('elements'), { lossPercent: 1, burstLoss: burst }),
      'expected either lossPercent or burstLoss',
    ],
    [
      'a distribution of no jitter',
      () => impair(all('elements'), { delay: ms(1), jitterDistribution: 'pareto' }),
      'expected a jitter beside its distribution',
    ],
  ])('of %s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(message) }));
  });
});
