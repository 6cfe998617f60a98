/**
 * The door of this room: runs what is missing, judges, and runs more until every point is decided or its budget is used
 * up. What a gate does next follows from the runs in its ledger alone, so a gate that was killed goes on where it was.
 */
import { join } from 'node:path';
import type { Verdict } from '../result/summary.js';
import { versionsOf } from '../run/build.js';
import { versions } from '../run/versions.js';
import type { Baseline, BaselinePoint } from './baseline.js';
import { storeResult } from './folder.js';
import { GateLedger } from './ledger.js';
import type { GatePoint } from './points.js';
import type { GatePointResult, GateResult } from './result.js';
import { type Contestants, performAll, type RunnerOptions } from './runner.js';
import { type Contest, type Standing, standingOf } from './state.js';

export interface GateJob extends Contestants {
  readonly points: readonly GatePoint[];
  /** What the old side's runs said; null when they are run beside the new ones (`against`). */
  readonly baseline: {
    readonly file: string;
    readonly content: Baseline;
    /** In the order of the points. */
    readonly points: readonly BaselinePoint[];
  } | null;
  readonly commit: string | null;
  readonly command: string;
  readonly notes: readonly string[];
}

export interface GateRunOptions extends RunnerOptions {
  /** Seconds that an earlier process spent on the same gate. @defaultValue 0 */
  readonly before?: number;
}

/** @throws HarnessError `interrupted` when the signal ended it; it can be resumed then */
export async function gate(job: GateJob, options: GateRunOptions): Promise<GateResult> {
  const { folder, clock, before = 0 } = options;
  const ledger = new GateLedger(join(folder, 'ledger.ndjson'));
  const contests = contestsOf(job);
  const begin = clock.now();
  const tell = (state: GateResult['state'], standings: readonly Standing[]): GateResult => {
    const result = resultOf(job, contests, standings, ledger, { state, begin, seconds: before + clock.now() - begin });
    storeResult(folder, result);
    return result;
  };
  for (;;) {
    const standings = contests.map((contest) => standingOf(contest, ledger));
    const tasks = standings.flatMap((standing) => standing.tasks);
    if (tasks.length === 0) return tell('complete', standings);
    tell('running', standings);
    await performAll(tasks, job, options, ledger).catch((error) => {
      tell('interrupted', standings);
      throw error;
    });
  }
}

function contestsOf({ points, baseline, subject }: GateJob): Contest[] {
  return points.map((point, index) => ({
    ...{ index, point, points: points.length, clock: subject.clock },
    baseline: baseline?.points[index] ?? null,
  }));
}

interface Progress {
  readonly state: GateResult['state'];
  readonly begin: number;
  readonly seconds: number;
}

function resultOf(
  job: GateJob,
  contests: readonly Contest[],
  standings: readonly Standing[],
  ledger: GateLedger,
  { state, begin, seconds }: Progress,
): GateResult {
  const { subject, seed, baseline, against, commit, command, notes } = job;
  const points = contests.map((contest, at) => pointResult(contest, standings[at]!, ledger));
  return {
    ...{ schemaVersion: 1, state, verdict: state === 'complete' ? worst(points.map((it) => it.verdict)) : 'unknown' },
    ...{ on: subject.name, clock: subject.clock, date: new Date(begin * 1e3).toISOString(), seconds, commit, seed },
    ...{
      with: { ...job.with?.asked } as Record<string, string>,
      against: against && ({ ...against.asked } as Record<string, string>),
    },
    baseline: baseline && { file: baseline.file, date: baseline.content.date },
    ...{
      versions: { ...versions(), ...versionsOf(job.with), ...oldVersions(against) },
      points,
      notes: [...notes],
      command,
    },
  };
}

const oldVersions = (against: Contestants['against']): Record<string, string> =>
  Object.fromEntries(Object.entries(versionsOf(against)).map(([name, version]) => [`old ${name}`, version]));

function pointResult({ index, point }: Contest, standing: Standing, ledger: GateLedger): GatePointResult {
  const { progress, paired, fingerprints, reasons } = standing;
  const { metrics, checks } = progress.judgement;
  const said = [...metrics, ...checks].map(({ verdict }) => verdict);
  const judged = said.filter((verdict) => verdict !== 'none') as Verdict[];
  const empty = judged.length === 0 && reasons.length === 0 ? ['there was nothing to judge'] : [];
  const { name, experiment, file, question, replications, budget } = point;
  return {
    ...progress.judgement,
    ...{ name, experiment, file, question, point: point.point, paired, replications, budget, fingerprints },
    verdict: worst([...judged, ...(reasons.length > 0 || empty.length > 0 ? (['unknown'] as const) : [])]),
    reasons: [...reasons, ...empty],
    runs: ledger.records.filter((record) => record.point === index).map(({ point: _, ...each }) => each),
  };
}

/** A failure is proven whatever else is not known. */
export function worst(all: readonly Verdict[]): Verdict {
  if (all.includes('fail')) return 'fail';
  return all.length === 0 || all.includes('unknown') ? 'unknown' : 'pass';
}
