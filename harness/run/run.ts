/** One run: check, perform, summarise, judge, store. */
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { fingerprintOf, hashOf } from '../calibrate/fingerprint.js';
import { findCalibration, quoteOf } from '../calibrate/store.js';
import type { Plan } from '../experiment/plan.js';
import type { Build } from '../pool/build/stage.js';
import type { JournalEvent } from '../result/journal.js';
import type { TakeoverRow } from '../result/registrars.js';
import type { FailoverRow } from '../result/rows.js';
import type { Summary } from '../result/summary.js';
import { versionsOf } from './build.js';
import { createRunFolder, runId, storeOutcome, storeSummary } from './folder.js';
import { judge } from './judge/judge.js';
import type { Outcome } from './outcome.js';
import { replayCommand } from './replay.js';
import type { Subject } from './subject.js';
import { complete, failoversInWindow, type SummaryContext, summarise, takeoversInWindow } from './summarise.js';
import { rsplabVersion, versionNote, versions } from './versions.js';

export interface RunOptions {
  /** Folder for results. */
  readonly out: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Its programs are run instead of the machine's own. */
  readonly build?: Build | null;
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

/**
 * Runs a plan on a subject and stores what came of it.
 * @throws HarnessError `bad-input` before anything was started
 */
export async function run(asked: Plan, subject: Subject, options: RunOptions): Promise<FinishedRun> {
  const { clock, signal, onEvent = () => {}, say = () => {} } = options;
  const plan = (await subject.place?.(asked, { clock, signal, say })) ?? asked;
  const { folder, session, about } = await begin(plan, subject, options);
  const outcome = await subject.perform(plan, {
    folder,
    session,
    clock,
    signal,
    onEvent,
    build: options.build ?? null,
  });
  const unsaid = subject.clock !== 'simulated' ? versionNote(about.versions) : null;
  const noted = unsaid === null ? outcome : { ...outcome, notes: [...outcome.notes, unsaid] };
  return finish(plan, folder, noted, { ...about, ...(await calibrationOf(subject, outcome)) });
}

/** What a summary says of a run beside its numbers. */
export type About = SummaryContext & Pick<Summary, 'calibration'>;

/** @throws HarnessError `bad-input` when the subject cannot do it, or there is no room for its results */
export async function begin(plan: Plan, subject: Subject, { out, clock, onBegin, build, say = () => {} }: RunOptions) {
  subject.check(plan);
  await subject.tryOut?.(plan, say);
  const session = newSession();
  const folder = createRunFolder(out, runId(clock.now(), session), plan);
  onBegin?.(folder);
  const { name: on, clock: kind } = subject;
  const about: About = {
    on,
    clock: kind,
    versions: { ...(subject.versions?.() ?? versions()), ...versionsOf(build) },
    replay: replayCommand(plan, on, build?.asked, subject.words),
  };
  return { folder, session, about };
}

/** Sums up what came of a run, judges it and stores it. What cannot be stored makes it unknown, and nothing worse. */
export function finish(plan: Plan, folder: string, outcome: Outcome, about: About): FinishedRun {
  const { calibration, ...context } = about;
  const lost = troubleOf(() => storeOutcome(folder, outcome));
  const summaryOf = (reasons: readonly string[]): Summary => {
    const told = { ...outcome, reasons: [...outcome.reasons, ...reasons] };
    const numbers = { ...summarise(plan, told, context), ...(calibration !== undefined && { calibration }) };
    return complete(numbers, judge(plan, numbers, told));
  };
  const stored = summaryOf(lost);
  const unsaid = troubleOf(() => storeSummary(folder, stored));
  return {
    folder,
    summary: unsaid.length === 0 ? stored : summaryOf([...lost, ...unsaid]),
    failovers: failoversInWindow(outcome),
    takeovers: takeoversInWindow(outcome),
    notes: outcome.notes,
  };
}

function troubleOf(store: () => void): string[] {
  try {
    store();
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** What is known of the instruments of a lab; nothing where there is none, or where it never opened. */
async function calibrationOf({ name, clock }: Subject, { kernel }: Outcome): Promise<Pick<Summary, 'calibration'>> {
  if (clock !== 'real' || kernel === null) return {};
  const { rsplib } = versions();
  const fingerprint = await fingerprintOf(name, kernel, { rsplab: rsplabVersion(), rsplib: rsplib ?? null });
  return { calibration: quoteOf(name, findCalibration(name, hashOf(fingerprint))) };
}
