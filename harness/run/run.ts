/** One run: check, perform, summarise, judge, store. */
import type { Clock } from '../base/clock.js';
import { newSession } from '../base/session.js';
import { fingerprintOf, hashOf } from '../calibrate/fingerprint.js';
import { findCalibration, quoteOf } from '../calibrate/store.js';
import type { Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import type { TakeoverRow } from '../result/registrars.js';
import type { FailoverRow } from '../result/rows.js';
import type { Summary } from '../result/summary.js';
import { createRunFolder, runId, storeOutcome, storeSummary } from './folder.js';
import { judge } from './judge/judge.js';
import type { Outcome } from './outcome.js';
import { replayCommand } from './replay.js';
import type { Subject } from './subject.js';
import { complete, failoversInWindow, summarise, takeoversInWindow } from './summarise.js';
import { rsplabVersion, versions } from './versions.js';

export interface RunOptions {
  /** Folder for results. */
  readonly out: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onBegin?: (folder: string) => void;
  readonly onEvent?: (event: JournalEvent) => void;
  /** Told what takes its time before the run begins. */
  readonly say?: (line: string) => void;
}

export interface FinishedRun {
  readonly folder: string;
  readonly summary: Summary;
  /** Those within the window that the summary is about. */
  readonly failovers: readonly FailoverRow[];
  /** Faults on registrars, within the window too. */
  readonly takeovers: readonly TakeoverRow[];
  readonly notes: readonly string[];
}

/** What is known of the instruments of a lab; nothing where there is none, or where it never opened. */
async function calibrationOf({ name, clock }: Subject, { kernel }: Outcome): Promise<Pick<Summary, 'calibration'>> {
  if (clock !== 'real' || kernel === null) return {};
  const { rsplib } = versions();
  const fingerprint = await fingerprintOf(name, kernel, { rsplab: rsplabVersion(), rsplib: rsplib ?? null });
  return { calibration: quoteOf(name, findCalibration(name, hashOf(fingerprint))) };
}

/**
 * Runs a plan on a subject and stores what came of it.
 * @throws HarnessError `bad-input` before anything was started
 */
export async function run(plan: Plan, subject: Subject, options: RunOptions): Promise<FinishedRun> {
  const { out, clock, signal, say = () => {} } = options;
  subject.check(plan);
  await subject.tryOut?.(plan, say);
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
  const numbers = { ...summarise(plan, outcome, context), ...(await calibrationOf(subject, outcome)) };
  const summary = complete(numbers, judge(plan, numbers, outcome));
  storeSummary(folder, summary);
  return {
    folder,
    summary,
    failovers: failoversInWindow(outcome),
    takeovers: takeoversInWindow(outcome),
    notes: outcome.notes,
  };
}
