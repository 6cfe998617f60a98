import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { metricNames } from '../../harness/compare/comparison.js';
import { contributionOf } from '../../harness/compare/contribution.js';
import type { MetricSample, RunSample } from '../../harness/compare/sample.js';
import { Side, weigh } from '../../harness/compare/weigh.js';

/** A run with one number for each metric, of the observations given, one block each. */
function runOf(...observations: number[]): RunSample {
  const value = observations.reduce((sum, each) => sum + each, 0) / observations.length;
  const sample: MetricSample = {
    value: observations.length > 0 ? value : null,
    count: observations.length,
    unit: 'fault',
    blocks: observations.map((numerator) => ({ numerator, denominator: 1 })),
    observations: observations.map((each) => [each]),
  };
  const metrics = Object.fromEntries(metricNames.map((name) => [name, sample])) as RunSample['metrics'];
  return { metrics, resumed: null, failovers: { running: observations.length, starting: 0, open: 0 } };
}

const side = (...runs: RunSample[]) => new Side(runs, 'failoverDelay');
const model = { margin: 0.1, kind: 'model' } as const;
const real = { margin: 0.1, kind: 'runs' } as const;
const simulated = side(...Array.from({ length: 20 }, (_, index) => runOf(1 + 0.01 * ((index % 5) - 2))));

describe('weighing a metric', () => {
  it('holds several runs against several by Welch', () => {
    const test = weigh(side(runOf(1.01), runOf(1), runOf(0.99), runOf(1.02)), simulated, model)!;
    expect(test).toMatchObject({ method: 'welch', outcome: 'agrees', replicationsNeeded: null });
    expect(test.value).toBeCloseTo(0.005, 9);
    expect(test.relative).toBeCloseTo(0.005, 9);
  });

  it('lets a single run borrow the spread of the simulated ones', () => {
    expect(weigh(side(runOf(1.5)), simulated, model)).toMatchObject({ method: 'oneRun', outcome: 'differs' });
  });

  it('does not let a single run agree by a borrowed spread alone', () => {
    expect(weigh(side(runOf(1)), simulated, model)).toMatchObject({
      method: 'oneRun',
      outcome: 'notEnoughData',
      replicationsNeeded: expect.any(Number),
    });
  });

  it('knows nothing of a single run’s spread from a model that always says the same', () => {
    const constant = side(...Array.from({ length: 20 }, () => runOf(0.04)));
    expect(weigh(side(runOf(0.045)), constant, model)).toMatchObject({
      method: 'none',
      outcome: 'notEnoughData',
      low: null,
      high: null,
    });
  });

  it('believes a single run’s faults where they spread wider than the simulated runs', () => {
    const steady = weigh(side(runOf(1.5, 1.5, 1.5)), simulated, model)!;
    const scattered = weigh(side(runOf(0.5, 1.5, 2.5)), simulated, model)!;
    expect(steady.outcome).toBe('differs');
    expect(scattered.outcome).toBe('notEnoughData');
    expect(scattered.high! - scattered.low!).toBeGreaterThan(steady.high! - steady.low!);
  });

  it('holds one run against one by their faults', () => {
    const test = weigh(side(runOf(1, 1.1, 0.9)), side(runOf(2, 2.1, 1.9)), real);
    expect(test).toMatchObject({ method: 'withinRuns', outcome: 'differs' });
  });

  it('knows nothing of two numbers without any spread', () => {
    const test = weigh(side(runOf(1)), side(runOf(2)), real);
    expect(test).toMatchObject({ method: 'none', low: null, outcome: 'notEnoughData', replicationsNeeded: null });
  });

  it('has nothing to say where a side has nothing', () => {
    expect(weigh(side(runOf()), simulated, model)).toBeNull();
    expect(weigh(side(runOf(1)), side(), model)).toBeNull();
  });

  it('asks for more runs than there are, until it is settled', () => {
    const noisy = side(runOf(0.7), runOf(1.3), runOf(1.02));
    const { outcome, replicationsNeeded } = weigh(noisy, simulated, model)!;
    expect(outcome).toBe('notEnoughData');
    expect(replicationsNeeded).toBeGreaterThan(3);
  });

  it('does not depend on the order of the runs', () => {
    const values = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(values, (numbers) => {
        const there = weigh(side(...numbers.map((each) => runOf(each))), simulated, model)!;
        const back = weigh(side(...[...numbers].reverse().map((each) => runOf(each))), simulated, model)!;
        expect(back.value).toBeCloseTo(there.value, 9);
        expect(back.low).toBeCloseTo(there.low!, 6);
      }),
    );
  });
});

describe('one side', () => {
  it('takes runs for its units, or the faults of a single run, and says when they are few', () => {
    const random = randomFrom(1);
    expect(side(runOf(1, 2), runOf(3)).estimate(random)).toMatchObject({
      value: 2.25,
      unit: 'run',
      units: 2,
      observations: 3,
      small: true,
    });
    expect(side(runOf(1, 2)).estimate(random)).toMatchObject({ value: 1.5, unit: 'fault', units: 2 });
    expect(simulated.estimate(random)!.small).toBe(false);
  });
});

describe('contributions of stages', () => {
  const span = fc.double({ min: 0, max: 10, noNaN: true });
  const resumed = fc.record({ detection: span, selection: span, connection: span, resumption: span }).map(
    (stages): RunSample => ({
      ...runOf(1),
      resumed: { ...stages, delay: Object.values(stages).reduce((sum, each) => sum + each, 0) },
    }),
  );
  const runs = fc.array(resumed, { minLength: 1, maxLength: 5 });

  it('add up to the difference of the delay', () => {
    fc.assert(
      fc.property(runs, runs, (ours, theirs) => {
        const { difference, stages } = contributionOf('model', ours, theirs)!;
        expect(stages.reduce((sum, stage) => sum + stage.difference, 0)).toBeCloseTo(difference, 8);
        if (Math.abs(difference) > 1e-3) {
          expect(stages.reduce((sum, stage) => sum + stage.share!, 0)).toBeCloseTo(1, 4);
        }
      }),
    );
  });

  it('are none where a side has no failover', () => {
    expect(contributionOf('model', [runOf(1)], [runOf(1)])).toBeNull();
  });
});
