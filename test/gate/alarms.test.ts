/** How often the gate alarms without a cause, and how surely it finds one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { gateMetricNames } from '../../harness/experiment/gate.js';
import { gateOfChance } from './chance.js';
import { slowerResumption, type TrialPoint, trialPoint, tryPoint, verdictOf } from './trials.js';

const gateOf = (at: number, factor = 1) => gateOfChance(at, { factor }).judgement;

// Seconds of computing, on a machine that may do other things.
describe('of runs made of chance', { timeout: 120_000 }, () => {
  it('at most 1 % of 400 gates alarm without a cause, and at least 95 % pass', () => {
    const verdicts = Array.from({ length: 400 }, (_, at) => verdictOf([gateOf(at + 1)]));
    // Were the rate 1 %, more than 8 of 400 would come up once in fifty times; it is far below.
    expect(verdicts.filter((verdict) => verdict === 'fail').length).toBeLessThanOrEqual(4);
    expect(verdicts.filter((verdict) => verdict === 'pass').length).toBeGreaterThanOrEqual(380);
  });

  it('a metric that became a third worse is found and named, whatever else varies', () => {
    const judgements = Array.from({ length: 40 }, (_, at) => gateOf(at + 1, 4 / 3));
    // Its own spread is 2 %: it is never missed.
    expect(judgements.filter((each) => verdictOf([each]) === 'fail')).toHaveLength(40);
    const failed = judgements.flatMap(({ metrics }) => metrics.filter(({ verdict }) => verdict === 'fail'));
    expect(new Set(failed.map(({ metric }) => metric))).toEqual(new Set([gateMetricNames[0]]));
  });

  it('a change within the limit is no alarm: 5 % where 10 % are allowed', () => {
    const failed = Array.from({ length: 100 }, (_, at) => gateOf(at + 1, 1.05)).filter(
      (each) => verdictOf([each]) === 'fail',
    );
    expect(failed).toEqual([]);
  });
});

describe('on the simulator', { timeout: 120_000 }, () => {
  let point: TrialPoint;
  beforeAll(async () => {
    point = await trialPoint('experiments/element-power-off.ts');
  });

  it('ten gates over other seeds raise no alarm', () => {
    const verdicts = Array.from({ length: 10 }, (_, at) => {
      const { judgement } = tryPoint(point, { points: 1, oldSeed: 2 * at + 2, newSeed: 2 * at + 3 });
      return verdictOf([judgement]);
    });
    expect(verdicts).not.toContain('fail');
  });

  it('10 ms more resumption is found and named within two looks', () => {
    const { judgement, runs } = tryPoint(point, { points: 1, oldSeed: 2, newSeed: 3, change: slowerResumption(0.01) });
    const failed = judgement.metrics.filter(({ verdict }) => verdict === 'fail').map(({ metric }) => metric);
    expect(failed).toEqual(['resumption.mean', 'resumption.p95', 'resumption.max']);
    expect(runs).toBe(16);
  });
});
