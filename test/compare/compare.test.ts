import { beforeAll, describe, expect, it } from 'vitest';
import { compareWithRuns, compareWithSimulation } from '../../harness/compare/compare.js';
import { type MetricName, type PointComparison, pointComparisonSchema } from '../../harness/compare/comparison.js';
import { type LoadedRun, loadRun } from '../../harness/compare/load.js';
import { pointOf } from '../../harness/compare/sample.js';
import { temporaryFolder } from '../temporary.js';
import { powerOffPlan, simulated } from './runs.js';

const out = temporaryFolder();
let model: LoadedRun[];
let slow: LoadedRun[];
const rowOf = ({ metrics }: PointComparison, name: MetricName) => metrics.find(({ metric }) => metric === name)!;
const outcomeOf = (comparison: PointComparison, name: MetricName, index = 1) =>
  rowOf(comparison, name).references[index]!.difference!.outcome;

beforeAll(async () => {
  const load = (plans: Parameters<typeof powerOffPlan>[0][]) =>
    Promise.all(plans.map(async (parts) => loadRun(await simulated(powerOffPlan(parts), out))));
  model = await load([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ seed })));
  slow = await load([1, 2, 3, 4].map((seed) => ({ seed, keepAlive: 3 })));
}, 180_000);

describe('runs held against the models', () => {
  // The deployment's model is measured here, so it has to agree with itself where the spread is small enough to tell:
  // of 15 metrics at a level of 2.5 % on each side beyond a margin, none may differ.
  it('agree with the model that made them, and never differ', () => {
    const comparison = compareWithSimulation(pointOf(model), { replications: 24 });
    expect(comparison.references.map(({ name, runs }) => [name, runs])).toEqual([
      ['rspsim', 24],
      ['deployment', 24],
    ]);
    for (const { metric } of comparison.metrics) expect(outcomeOf(comparison, metric)).not.toBe('differs');
    // Selection has a long tail: a second dead element may be tried in vain.
    for (const metric of ['failoverDelay', 'detection', 'connection', 'resumption'] as const) {
      expect([metric, outcomeOf(comparison, metric)]).toEqual([metric, 'agrees']);
    }
  });

  it('differ from the model that knows no associations, in the stage where these are made', () => {
    const comparison = compareWithSimulation(pointOf(model), { replications: 16 });
    expect(outcomeOf(comparison, 'connection', 0)).toBe('differs');
    expect(comparison.findings.join('\n')).toMatch(/Against rspsim: .*differs: .*connection/);
  });

  it('show by which stage a failover differs', () => {
    // The measured users have keep-alives three times as long as the plan that is predicted says.
    const mistaken = slow.map((run, index) => ({ ...run, plan: model[index]!.plan }));
    const comparison = compareWithSimulation(pointOf(mistaken), { replications: 16 });
    expect(outcomeOf(comparison, 'detection')).toBe('differs');
    const { stages } = comparison.contributions.find(({ reference }) => reference === 'deployment')!;
    expect(stages.find(({ stage }) => stage === 'detection')!.share).toBeGreaterThan(0.9);
    expect(comparison.findings.join('\n')).toMatch(/longer than deployment’s .*: detection \+/);
  });

  it('say what a reader has to know of a single run', () => {
    const { notes, metrics } = compareWithSimulation(pointOf(model.slice(0, 1)), { replications: 4 });
    expect(notes.join('\n')).toMatch(/One run only/);
    expect(
      metrics.every(({ references }) => references.every(({ difference }) => difference?.method !== 'welch')),
    ).toBe(true);
  });

  it('are the same each time, and what the format says', () => {
    const compare = () => compareWithSimulation(pointOf(model.slice(0, 2)), { replications: 2 });
    const comparison = compare();
    expect(compare()).toEqual(comparison);
    expect(pointComparisonSchema.parse(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison);
  });

  it('give distributions that end at one, if asked', () => {
    const options = { replications: 4 };
    const { distributions } = compareWithSimulation(pointOf(model.slice(0, 1)), options);
    const delay = distributions.find(({ metric }) => metric === 'failoverDelay')!;
    for (const steps of [delay.measured, ...delay.references]) {
      expect(steps.length).toBeLessThanOrEqual(200);
      expect(steps.at(-1)!.p).toBe(1);
    }
    expect(distributions.some(({ metric }) => metric === 'utilisation')).toBe(false);
    const without = compareWithSimulation(pointOf(model.slice(0, 1)), { ...options, distributions: false });
    expect(without.distributions).toEqual([]);
  });

  it('are said to be broken when their lab was', () => {
    const [run] = model;
    const broken = { ...run!, summary: { ...run!.summary, verdict: 'unknown' as const, reasons: ['clocks ran late'] } };
    const { notes } = compareWithSimulation(pointOf([broken]), { replications: 2 });
    expect(notes[0]).toMatch(/is unknown \(clocks ran late\)/);
  });
});

describe('runs held against other runs', () => {
  it('agree with themselves', () => {
    const { metrics } = compareWithRuns(pointOf(model), pointOf(model), 'again');
    for (const { references } of metrics) expect(references[0]!.difference?.value ?? 0).toBe(0);
  });

  it('show what another setting does, and that it is another', () => {
    const comparison = compareWithRuns(pointOf(slow), pointOf(model), 'model');
    expect(outcomeOf(comparison, 'detection', 0)).toBe('differs');
    expect(outcomeOf(comparison, 'connection', 0)).toBe('agrees');
    expect(comparison.notes).toContain('The plans differ in point, hosts.');
  });
});
