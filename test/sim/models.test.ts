import { describe, expect, test } from 'vitest';
import paperBase from '../../experiments/paper-base.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { simulate } from '../../harness/sim/simulate.js';
import { test as equalMeans, estimate } from './reference.js';

/**
 * The two models share nothing but policies, requests and faults: one computes keep-alives and cookies, the other sends
 * every message. Where the deployment's network is perfect they must agree, but for two round trips of association
 * set-up before each request.
 */
describe('the two models', () => {
  const runs = 6;
  const metricsOf = (model: 'rspsim' | 'deployment', policy: string) =>
    Array.from({ length: runs }, (_, index) => {
      const phases = { settle: 60, warmUp: 120, measure: 900 };
      const plan = resolvePlan(paperBase, { seed: index + 1, point: { policy }, phases });
      return simulate({ ...plan, model }).metrics;
    });

  test.each(['LeastUsed', 'RoundRobin', 'Random'])('agree on %s with failures', (policy) => {
    const [simulated, deployed] = [metricsOf('rspsim', policy), metricsOf('deployment', policy)];
    for (const metric of ['utilisationPercent', 'processingTime', 'failovers', 'cookies'] as const) {
      const [a, b] = [simulated, deployed].map((all) => all.map((each) => each[metric]!));
      // Both sides have the same requests and failures, so the test is far from strict; seeds are fixed.
      expect(equalMeans(a!, estimate(b!))).toBeGreaterThan(0.01);
    }
    const startup = (all: typeof simulated) => estimate(all.map(({ startupDelay }) => startupDelay!)).mean;
    expect(startup(deployed) - startup(simulated)).toBeGreaterThan(0.03);
    expect(startup(deployed) - startup(simulated)).toBeLessThan(0.06);
  });
});
