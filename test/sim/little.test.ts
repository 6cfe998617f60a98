import { describe, expect, test } from 'vitest';
import { gridOf, type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import type { Experiment } from '../../harness/index.js';
import { type SimulationResult, simulate } from '../../harness/sim/simulate.js';

const names = [
  'fig07-dynamic-pools',
  'fig08-clean-shutdowns',
  'fig09-session-monitoring',
  'fig10-server-monitoring',
  'fig11-failure-reports',
  'fig12-abort-and-restart',
  'fig13-state-sharing',
  'fig14-number-of-cookies',
  'element-freeze',
  'element-kill',
  'element-power-off',
  'element-shutdown',
];

/** The corners of an experiment's grid, every policy at each; figures are cut short, experiments of a lab are not. */
async function cornersOf(name: string): Promise<Plan[]> {
  const { default: described }: { default: Experiment } = await import(`../../experiments/${name}.ts`);
  const isCorner = (values: readonly unknown[], value: unknown) => value === values[0] || value === values.at(-1);
  const corners = gridOf(described).filter((point) =>
    Object.entries(point).every(([axis, value]) => axis === 'policy' || isCorner(described.vary?.[axis] ?? [], value)),
  );
  const phases = name.startsWith('fig') ? { settle: 30, warmUp: 60, measure: 300 } : {};
  return corners.map((point) => resolvePlan(described, { seed: 11, point, phases }));
}

/** Requests in the system, integrated over the window by going through arrivals and departures in order of time. */
function integralOf({ requests, moments: { measureAt, endAt } }: SimulationResult): number {
  const steps = requests.flatMap(({ queuedAt, completedAt }) => [
    { time: queuedAt!, by: 1 },
    ...(completedAt === null ? [] : [{ time: completedAt, by: -1 }]),
  ]);
  steps.sort((a, b) => a.time - b.time || b.by - a.by);
  let [present, since, integral] = [0, measureAt, 0];
  for (const { time, by } of [...steps, { time: endAt, by: 0 }]) {
    const now = Math.min(Math.max(time, measureAt), endAt);
    integral += present * (now - since);
    since = now;
    present += by;
  }
  return integral;
}

/** What λ·W counts too much of requests that came before the window, and too little of those that are not done. */
function edgesOf({ requests, moments: { measureAt, endAt } }: SimulationResult): number {
  let edges = 0;
  for (const { queuedAt, completedAt } of requests) {
    if (completedAt === null) edges += Math.max(0, endAt - Math.max(queuedAt!, measureAt));
    else if (completedAt > measureAt) edges -= Math.max(0, measureAt - queuedAt!);
  }
  return edges;
}

describe('Little’s law', () => {
  test.each(names)(
    '%s: requests present = rate × time in the system, exactly once the edges are counted',
    async (name) => {
      for (const plan of await cornersOf(name)) {
        const result = simulate(plan, { record: true });
        const { requestsCompleted, handlingTime } = result.metrics;
        const stays = requestsCompleted * (handlingTime ?? 0);
        const integral = integralOf(result);
        expect(integral).toBeGreaterThan(0);
        expect(Math.abs(integral - stays - edgesOf(result))).toBeLessThan(1e-6 * Math.max(1, integral));
      }
    },
  );
});
