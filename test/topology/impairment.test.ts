import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combined, type Impairment, impairmentSchema } from '../../harness/topology/impairment.js';

const percent = fc.double({ min: 0, max: 100, noNaN: true });
const stages = fc.record(
  {
    delay: fc.double({ min: 0, max: 10, noNaN: true }),
    jitter: fc.double({ min: 0.001, max: 1, noNaN: true }),
    lossPercent: percent,
    corruptPercent: percent,
    rateMbit: fc.double({ min: 0.01, max: 1000, noNaN: true }),
    queuePackets: fc.integer({ min: 1, max: 1000 }),
  },
  { requiredKeys: [] },
);
const expectSame = (a: Impairment, b: Impairment) => {
  expect(Object.keys(a).sort()).toEqual(Object.keys(b).sort());
  for (const [name, value] of Object.entries(a)) expect(value).toBeCloseTo(b[name as 'delay'] as number, 6);
};

describe('two stages as one', () => {
  it('are the same in any order and grouping, and nothing adds nothing', () => {
    fc.assert(
      fc.property(stages, stages, stages, (a, b, c) => {
        expectSame(combined(a, b), combined(b, a));
        expectSame(combined(a, combined(b, c)), combined(combined(a, b), c));
        expect(combined(a, {})).toEqual(a);
      }),
    );
  });

  it('add delays and variances, and let through what both let through', () => {
    const [a, b] = [
      { delay: 0.01, jitter: 0.003, lossPercent: 10, rateMbit: 5 },
      { delay: 0.02, jitter: 0.004, lossPercent: 20 },
    ];
    expectSame(combined(a, b), { delay: 0.03, jitter: 0.005, lossPercent: 28, rateMbit: 5 });
  });

  it('lose in bursts and one by one', () => {
    const burstLoss = { toBadPercent: 1, toGoodPercent: 25, badLossPercent: 50, goodLossPercent: 0 };
    expect(combined({ lossPercent: 10 }, { burstLoss })).toEqual({
      burstLoss: { ...burstLoss, badLossPercent: 55, goodLossPercent: 10 },
    });
    expect(() => combined({ burstLoss }, { burstLoss })).toThrow('at one place only');
  });

  it('are a valid stage', () => {
    const jitters = { delay: 0.01, jitter: 0.001, jitterDistribution: 'uniform' } as const;
    expect(impairmentSchema.safeParse(combined({ delay: 0.1 }, jitters)).success).toBe(true);
    expect(combined({ delay: 0.1 }, jitters).jitterDistribution).toBe('uniform');
  });
});
