/** What follows a run: the prediction beside the measurement, and the report. Both may take long, so in a thread. */
import type { PageOptions } from '../../reports/page/write.js';
import { messageOf } from '../base/errors.js';
import { inThread } from '../base/thread.js';
import type { Plan } from '../experiment/plan.js';
import type { FinishedRun } from '../run/run.js';

export interface Aftermath {
  /** The report's file; null where there is none. */
  readonly report: string | null;
  /** Why there is none. */
  readonly trouble: string | null;
  /** What the comparison with the prediction says, one sentence each; none where nothing was measured. */
  readonly findings: readonly string[];
}

/** What the thread is asked to do. */
export interface AftermathInput {
  readonly plan: Plan;
  readonly folder: string;
  readonly predicts: boolean;
  readonly pages: PageOptions;
}

/** Nothing of it changes the run's verdict: what fails here is said, and the run's results are what they are. */
export async function aftermathOf(
  plan: Plan,
  { folder, summary }: FinishedRun,
  pages: PageOptions,
  signal: AbortSignal,
): Promise<Aftermath> {
  const simulated = summary.clock === 'simulated';
  const predicts = !simulated && summary.reasons.length === 0;
  const input: AftermathInput = { plan, folder, predicts, pages: { assets: pages.assets ?? false } };
  // Who has ended a simulation waits for nothing; what a lab has measured until its end is worth a page.
  if (simulated && signal.aborted)
    return { report: null, trouble: 'the run was ended; rsplab report makes it', findings: [] };
  const patience = signal.aborted ? new AbortController().signal : signal;
  try {
    const options = { signal: patience, graceSeconds: 0 };
    return await inThread<Aftermath>(new URL('./aftermath-thread.js', import.meta.url), input, options);
  } catch (error) {
    return { report: null, trouble: messageOf(error), findings: [] };
  }
}
