/** The simulator's door: a plan goes in, what it predicts comes out. */
import type { Plan } from '../experiment/plan.js';
import type { FailoverRow, RequestRow } from '../result/rows.js';
import type { DeadSelectable } from '../result/selection.js';
import type { WebRequestRow } from '../result/web.js';
import type { RegistrarRows } from './deployment/registrar-record.js';
import { runDeployment } from './deployment/run.js';
import type { FaultJournal, Strike } from './faults.js';
import type { Metrics } from './metrics.js';
import type { Moments } from './moments.js';
import type { Watch } from './passage.js';
import type { Quirks } from './quirks.js';
import { checkRepresentable } from './representable.js';
import { runRspsim } from './rspsim/run.js';

export interface SimulationOptions {
  /** Keep a row for every request and failover, and the faults. @defaultValue false: metrics only, which is faster */
  readonly record?: boolean;
  /** Let these faults strike instead of drawn ones. */
  readonly journal?: FaultJournal;
  /** Looks in on it now and then, and may end it. */
  readonly watch?: Watch;
  /** The deployment's model only. @defaultValue none */
  readonly quirks?: Quirks;
}

/** Times are seconds since the run began, where the elements start. */
export interface SimulationResult {
  readonly metrics: Metrics;
  readonly moments: Moments;
  /** Every request of the run, in order of generation; empty unless recorded. */
  readonly requests: readonly RequestRow[];
  /** Every stall of a request; empty unless recorded. */
  readonly failovers: readonly FailoverRow[];
  /** Requests of web users as their clients see them, user by user; null without any, empty unless recorded. */
  readonly web: readonly WebRequestRow[] | null;
  /** Every fault that struck; empty unless recorded. */
  readonly faults: readonly Strike[];
  /** What befell registrars and who asked them; null unless recorded in the deployment's model. */
  readonly registrars: RegistrarRows | null;
  /** Elements that could still be selected after a fault; null unless recorded in the deployment's model. */
  readonly deadSelectable: readonly DeadSelectable[] | null;
  /** Why the watch ended it before its time: the rest is what there was until then. Null for a whole run. */
  readonly ended: string | null;
}

/**
 * Simulates a plan. The same plan gives the same result, bit for bit, on any machine.
 * @throws HarnessError `bad-input` for a plan that its model cannot represent
 */
export function simulate(plan: Plan, options: SimulationOptions = {}): SimulationResult {
  checkRepresentable(plan, options.journal);
  return plan.model === 'rspsim' ? runRspsim(plan, options) : runDeployment(plan, options);
}
