import { describe, expect, it } from 'vitest';
import { loadRun } from '../../harness/compare/load.js';
import { sampleOf } from '../../harness/compare/sample.js';
import { ratioEstimate } from '../../harness/stats/estimate.js';
import { temporaryFolder } from '../temporary.js';
import { powerOffPlan, simulated } from './runs.js';

describe('what one run says', () => {
  it('is what its summary says', async () => {
    const { plan, outcome, summary } = loadRun(await simulated(powerOffPlan(), temporaryFolder()));
    const { metrics, failovers } = sampleOf(plan, outcome);
    expect(metrics.queuing.value).toBeCloseTo(summary.delays.queuing.mean!, 9);
    expect(metrics.queuing.count).toBe(summary.delays.queuing.count);
    expect(metrics.startup.value).toBeCloseTo(summary.delays.startup.mean!, 9);
    expect(metrics.processing.value).toBeCloseTo(summary.delays.processing.mean!, 9);
    expect(metrics.handling.value).toBeCloseTo(summary.delays.handling.mean!, 9);
    expect(metrics.handlingSpeed.value).toBeCloseTo(summary.handlingSpeed.percentOfCapacity!, 9);
    expect(metrics.utilisation.value).toBe(summary.utilisation.percent);
    expect(failovers.running + failovers.starting).toBe(summary.failovers.count);
    expect(failovers.open).toBe(summary.failovers.open);
    expect(failovers.running).toBeGreaterThan(5);
  });

  it('keeps failovers of running requests apart from those that nobody had accepted', async () => {
    const { plan, outcome } = loadRun(await simulated(powerOffPlan(), temporaryFolder()));
    const running = outcome.failovers.filter(({ phase, delay }) => phase === 'running' && delay !== null);
    const { metrics } = sampleOf(plan, outcome);
    expect(metrics.failoverDelay.count).toBe(running.length);
    expect(metrics.startingFailoverDelay.count).toBeLessThanOrEqual(outcome.failovers.length - running.length);
  });

  it('puts failovers of one fault and requests of one user into one block, and loses none', async () => {
    const { plan, outcome } = loadRun(await simulated(powerOffPlan(), temporaryFolder()));
    const { metrics } = sampleOf(plan, outcome);
    const faults = new Set(outcome.failovers.filter(({ delay }) => delay !== null).map(({ faultId }) => faultId));
    expect(metrics.failoverDelay.blocks.length).toBeLessThanOrEqual(faults.size);
    expect(metrics.handling.blocks.length).toBe(6);
    for (const { value, blocks, observations, count, unit } of Object.values(metrics)) {
      if (unit === null || value === null) continue;
      expect(ratioEstimate(blocks)!.value).toBe(value);
      if (observations.length > 0) expect(observations.flat().length).toBe(count);
    }
  });

  it('gives stages that add up to the delay', async () => {
    const { plan, outcome } = loadRun(await simulated(powerOffPlan(), temporaryFolder()));
    const { delay, detection, selection, connection, resumption } = sampleOf(plan, outcome).resumed!;
    expect(detection + selection + connection + resumption).toBeCloseTo(delay, 9);
  });
});
