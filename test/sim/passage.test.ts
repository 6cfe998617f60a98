import { describe, expect, it } from 'vitest';
import { every, exponential, kill, minutes, one, s } from '../../harness/index.js';
import { type SimulationOptions, simulate } from '../../harness/sim/simulate.js';
import { planWith } from './plans.js';

const models = ['rspsim', 'deployment'] as const;
/** Of some 300,000 events. */
const busyPlan = (model: (typeof models)[number]) =>
  planWith({
    model,
    user: { requestSize: exponential(1e3), requestInterval: exponential(s(0.05)) },
    element: { capacity: 1e6 },
    phases: { settle: s(1), warmUp: s(9), measure: minutes(model === 'rspsim' ? 60 : 20), drain: s(10) },
  });

describe.each(models)('a simulation by %s that is watched', (model) => {
  const simulated = (options: SimulationOptions = {}) => simulate(busyPlan(model), { record: true, ...options });

  it('gives the same, bit for bit', () => {
    const looks: number[] = [];
    const watched = simulated({
      watch: (now) => {
        looks.push(now);
        return null;
      },
    });
    expect(looks.length).toBeGreaterThan(1);
    expect(looks).toEqual([...looks].sort((a, b) => a - b));
    expect(JSON.stringify(watched)).toBe(JSON.stringify(simulated()));
  });

  it('ends when it is told to, with what there was until then', () => {
    const whole = simulated();
    const part = simulated({ watch: () => 'enough' });
    expect(part.ended).toBe('enough');
    expect(part.moments.endAt).toBeGreaterThan(part.moments.measureAt);
    expect(part.moments.endAt).toBeLessThan(whole.moments.endAt / 2);
    const completed = ({ requests }: typeof part) => requests.filter(({ state }) => state === 'completed');
    expect(completed(part).length).toBeGreaterThan(1000);
    expect(completed(part)).toEqual(completed(whole).slice(0, completed(part).length));
    for (const { queuedAt } of part.requests) expect(queuedAt).toBeLessThanOrEqual(part.moments.endAt);
  });
});

it('faults in unbounded number take no room before they strike', () => {
  const faults = [every(s(1e-9), kill(one('elements')), { lasting: s(1e-10) })];
  const plan = planWith({ faults, phases: { measure: minutes(1e6) } });
  const { ended, faults: struck } = simulate(plan, { watch: () => 'enough', record: true });
  expect(ended).toBe('enough');
  expect(struck.length).toBeGreaterThan(1000);
});
