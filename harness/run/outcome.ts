/** What performing a plan yields, on a lab or in the simulator alike; results are made of it. */
import type { Attacks } from '../measure/attacks.js';
import type { HoleReport } from '../measure/hole-report.js';
import type { RegistrarMeasurement } from '../measure/registrars.js';
import type { WireStatistics } from '../measure/statistics.js';
import type { FailoverRow, KeepAliveRow, RequestRow } from '../result/rows.js';
import type { DeadSelectable } from '../result/selection.js';
import type { Summary } from '../result/summary.js';
import type { Threshold, WebRequestRow } from '../result/web.js';

export interface Outcome {
  readonly requests: readonly RequestRow[];
  readonly failovers: readonly FailoverRow[];
  /** Of sessions, in order of time; null where there is no capture. */
  readonly keepAlives: readonly KeepAliveRow[] | null;
  readonly faults: Summary['faults'];
  /** Null or missing in a run without attackers. */
  readonly attacks?: Attacks | null;
  /** Requests of web users, as their clients saw them; null or missing in a run without. */
  readonly web?: { readonly rows: readonly WebRequestRow[]; readonly thresholds: readonly Threshold[] } | null;
  readonly utilisationPercent: number | null;
  /** What else the capture tells; null where there is none. */
  readonly wire: WireStatistics | null;
  /** The simulator's; a lab's are in `wire`. */
  readonly deadSelectable?: readonly DeadSelectable[] | null;
  /** What befell registrars; null where there is no capture. */
  readonly registrars?: RegistrarMeasurement | null;
  /** What the witnesses did not see; null or missing when they saw everything, or for the simulator. */
  readonly holes?: HoleReport | null;
  /** Seconds since the run began: statistics are about what happens between. Null when the run never came to it. */
  readonly window: { readonly from: number; readonly to: number } | null;
  /** Why nothing can be said about the subject; empty for a run that can be trusted. */
  readonly reasons: readonly string[];
  /** What a reader should know all the same. */
  readonly notes: readonly string[];
  readonly kernel: string | null;
  /** Computing time while it measured and drained; null where it was not watched. */
  readonly load?: Summary['load'];
  /** The machine, of a run in virtual time. */
  readonly machine?: Summary['machine'];
}
