import type { Plan } from '../experiment/plan.js';
import type { Verdict } from '../result/summary.js';
import { judged } from '../run/simulated.js';
import { failoversInWindow } from '../run/summarise.js';
import type { Watch } from '../sim/passage.js';
import type { Quirks } from '../sim/quirks.js';
import { simulate } from '../sim/simulate.js';
import { type Values, valuesOfMetrics, valuesOfRun } from './columns.js';

export interface Simulated {
  readonly values: Values;
  readonly verdict: Verdict | null;
}

export interface SimulatedAs {
  /** Whether it is summed up as a lab's run is. @defaultValue where it is usual */
  readonly record?: boolean;
  readonly quirks?: Quirks;
  /** Looks in on it now and then. */
  readonly watch?: Watch;
}

/**
 * Simulates a run for a sweep. The deployment's model, and a plan with checks, is also summed up the way a lab's run
 * is, so that failover delays are there and measured and predicted columns mean the same; for RSPSIM's model the
 * counters say all, in less time.
 */
export function simulateRun(plan: Plan, { record = keepsRows(plan), quirks, watch }: SimulatedAs = {}): Simulated {
  const result = simulate(plan, { record, ...(quirks && { quirks }), ...(watch && { watch }) });
  const values = finite(valuesOfMetrics(result.metrics));
  if (!record) return { values, verdict: null };
  const { outcome, summary } = judged(plan, result);
  const { verdict } = summary;
  return {
    values: { ...values, ...valuesOfRun(summary, failoversInWindow(outcome)) },
    verdict: plan.checks.length > 0 ? verdict : null,
  };
}

/** Whether a row of every request is kept while it is simulated. */
export const keepsRows = ({ model, checks }: Plan): boolean => model !== 'rspsim' || checks.length > 0;

/** JSON, and so the ledger, has no infinity. */
const finite = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? (value as number) : null]),
  );
