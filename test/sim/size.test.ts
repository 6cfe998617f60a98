import { expect, it } from 'vitest';
import elementPowerOff from '../../experiments/element-power-off.js';
import dynamicPools from '../../experiments/fig07-dynamic-pools.js';
import paperBase from '../../experiments/paper-base.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { simulate } from '../../harness/sim/simulate.js';
import { sizeOf } from '../../harness/sim/size.js';

const paper = { ...resolvePlan(paperBase), phases: { settle: 60, warmUp: 60, measure: 900, drain: 0 } };
const plans = {
  'the paper’s base': paper,
  'the same, deployed': { ...paper, model: 'deployment' as const },
  'failures all the time': { ...resolvePlan(dynamicPools), phases: { settle: 60, warmUp: 60, measure: 600, drain: 0 } },
  'a small deployment': resolvePlan(elementPowerOff),
};

it.each(Object.entries(plans))('%s is as large as was estimated, but for a factor of two', (_, plan) => {
  const size = sizeOf(plan);
  const { requests, faults, metrics } = simulate(plan, { record: true });
  for (const [estimated, real] of [
    [size.requests, requests.length],
    [size.faults, faults.length],
    [size.events, metrics.events],
  ] as const) {
    expect(estimated).toBeGreaterThan(real / 2);
    expect(estimated).toBeLessThan(2 * real);
  }
});
