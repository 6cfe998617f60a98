/** A simulated run as a lab's run is summed up, without a folder of its own. */
import type { Plan } from '../experiment/plan.js';
import type { Summary } from '../result/summary.js';
import { type SimulationOptions, type SimulationResult, simulate } from '../sim/simulate.js';
import { judge } from './judge/judge.js';
import type { Outcome } from './outcome.js';
import { outcomeOf } from './sim-subject.js';
import { complete, summarise } from './summarise.js';

export interface JudgedSimulation {
  readonly outcome: Outcome;
  readonly summary: Summary;
}

/** Sums up a simulation that was recorded, and judges the plan's checks. */
export function judged(plan: Plan, result: SimulationResult): JudgedSimulation {
  const context = { on: 'sim', clock: 'simulated', versions: {}, replay: '' } as const;
  const outcome = outcomeOf(result);
  const numbers = summarise(plan, outcome, context);
  return { outcome, summary: complete(numbers, judge(plan, numbers, outcome)) };
}

/** @throws HarnessError `bad-input` for a plan that its model cannot represent */
export const simulateAndJudge = (plan: Plan, options: SimulationOptions = {}): JudgedSimulation =>
  judged(plan, simulate(plan, { ...options, record: true }));
