/** One run: check, perform, summarise, judge, store. */
import type { Clock } from '../base/clock.js';
import { newSession } from '../base/session.js';
import type { Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import type { FailoverRow } from '../result/rows.js';
import type { Summary } from '../result/summary.js';
import { createRunFolder, runId, storeOutcome, storeSummary } from './folder.js';
import { judge } from './judge/judge.js';
import { replayCommand } from './replay.js';
import type { Subject } from './subject.js';
import { complete, failoversInWindow, summarise } from './summarise.js';
import { versions } from './versions.js';

export interface RunOptions {
  /** Folder for results. */
  readonly out: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onBegin?: (folder: string) => void;
  readonly onEvent?: (event: JournalEvent) => void;
}

export interface FinishedRun {
  readonly folder: string;
  readonly summary: Summary;
  /** Those within the window that the summary is about. */
  readonly failovers: readonly FailoverRow[];
  readonly notes: readonly string[];
}

/**
 * Runs a plan on a subject and stores what came of it.
 * @throws HarnessError `bad-input` before anything was started
 */
export async function run(plan: Plan, subject: Subject, options: RunOptions): Promise<FinishedRun> {
  const { out, clock, signal } = options;
  subject.check(plan);
  const session = newSession();
  const folder = createRunFolder(out, runId(clock.now(), session), plan);
  options.onBegin?.(folder);
  const onEvent = options.onEvent ?? (() => {});
  const outcome = await subject.perform(plan, { folder, session, clock, signal, onEvent });
  storeOutcome(folder, outcome);
  const context = {
    on: subject.name,
    clock: subject.clock,
    versions: versions(),
    replay: replayCommand(plan, subject.name),
  };
  const numbers = summarise(plan, outcome, context);
  const summary = complete(numbers, judge(plan, numbers, outcome));
  storeSummary(folder, summary);
  return { folder, summary, failovers: failoversInWindow(outcome), notes: outcome.notes };
}
