/** A run's folder as a report needs it: also that of a run which was cut short, as far as it was written. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { check } from '../../harness/base/check.js';
import { badInput, messageOf } from '../../harness/base/errors.js';
import { comparePoint } from '../../harness/compare/compare.js';
import { type Comparison, comparisonSchema, type PointComparison } from '../../harness/compare/comparison.js';
import { type LoadedRun, loadRun, nameOf } from '../../harness/compare/load.js';
import { pointOf } from '../../harness/compare/sample.js';
import { type Plan, planSchema } from '../../harness/experiment/plan.js';
import type { WireStatistics } from '../../harness/measure/statistics.js';
import type { JournalEvent } from '../../harness/result/journal.js';
import { type FailoverRow, type KeepAliveRow, keepAliveRowSchema, type RequestRow } from '../../harness/result/rows.js';
import { type Summary, summarySchema } from '../../harness/result/summary.js';
import { journalFile, readJournal } from '../../harness/run/journal.js';
import { failoversInWindow } from '../../harness/run/summarise.js';

export interface RunFiles {
  readonly folder: string;
  /** `experiment/run id`. */
  readonly name: string;
  readonly plan: Plan;
  /** Null for a run that never came to its end. */
  readonly summary: Summary | null;
  readonly journal: readonly JournalEvent[];
  readonly requests: readonly RequestRow[];
  readonly failovers: readonly FailoverRow[];
  /** Of sessions, in order of time; none where nobody wrote them down. */
  readonly keepAlives: readonly KeepAliveRow[];
  /** Those of the measurement, which the summary is about. */
  readonly measured: readonly FailoverRow[];
  /** What this run's own numbers are called. */
  readonly side: string;
  /** Seconds since the run began: what the summary is about; null when it never came to it. */
  readonly window: { readonly from: number; readonly to: number } | null;
  /** When the run ended, or was last heard of. */
  readonly end: number;
  /** What was measured, beside what was predicted where `rsplab compare` has been run. */
  readonly comparison: PointComparison | null;
  /** Comparisons with other runs. */
  readonly others: readonly Comparison[];
  readonly wire: WireStatistics | null;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** What of the folder could not be read, and why. */
  readonly troubles: readonly string[];
}

/** @throws HarnessError `bad-input` when there is no plan: then it is no run */
export function readRun(folder: string): RunFiles {
  const path = resolve(folder);
  if (!existsSync(join(path, 'plan.json'))) throw badInput(`${folder}: expected a run with plan.json, got none`);
  const troubles: string[] = [];
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      troubles.push(messageOf(error));
      return null;
    }
  };
  const plan = check(`${nameOf(path)}/plan.json`, planSchema, readJson(path, 'plan.json'));
  const journal = existsSync(join(path, journalFile)) ? readJournal(path) : [];
  const stored = existsSync(join(path, 'summary.json'));
  const loaded = stored && journal.some(isMeasuring) ? attempt(() => loadRun(path)) : null;
  const summary =
    loaded?.summary ?? (stored ? attempt(() => summarySchema.parse(readJson(path, 'summary.json'))) : null);
  const compared = comparisonsIn(path, attempt);
  return {
    folder: path,
    name: nameOf(path),
    plan,
    summary,
    journal,
    requests: loaded?.outcome.requests ?? [],
    failovers: loaded?.outcome.failovers ?? [],
    keepAlives: existsSync(join(path, keepAliveFile)) ? (attempt(() => keepAlivesIn(path)) ?? []) : [],
    measured: loaded ? failoversInWindow(loaded.outcome) : [],
    side: summary?.clock === 'simulated' ? 'this run, simulated' : 'measured',
    window: loaded?.outcome.window ?? null,
    end: Math.max(0, ...journal.map(({ time }) => time)),
    comparison: compared.own ?? (loaded ? attempt(() => measuredOnly(loaded)) : null),
    others: compared.others,
    wire: existsSync(join(path, 'wire.json')) ? attempt(() => readJson(path, 'wire.json') as WireStatistics) : null,
    files: filesIn(path),
    troubles,
  };
}

const keepAliveFile = 'keepalives.csv';

/** Without names of columns and casts per cell, which take ten times as long: there may be half a million. */
function keepAlivesIn(folder: string): KeepAliveRow[] {
  const cells = parse(readFileSync(join(folder, keepAliveFile), 'utf8'), { from_line: 2 }) as string[][];
  const rows = cells.map(([from, to, sentAt, answeredAt]) => ({
    ...{ from, to, sentAt: Number(sentAt), answeredAt: answeredAt === '' ? null : Number(answeredAt) },
  }));
  return check(`${nameOf(folder)}/${keepAliveFile}`, z.array(keepAliveRowSchema), rows);
}

const isMeasuring = (event: JournalEvent): boolean => event.event === 'phase' && event.phase === 'measure';

/** The same numbers and intervals as a comparison has, with nothing to hold them against. */
const measuredOnly = (run: LoadedRun): PointComparison => comparePoint(pointOf([run]), []);

function comparisonsIn(folder: string, attempt: <T>(read: () => T) => T | null) {
  const names = readdirSync(folder).filter((name) => /^comparison(-.*)?\.json$/.test(name));
  const read = (name: string) => attempt(() => comparisonSchema.parse(readJson(folder, name)));
  const own = names.includes('comparison.json') ? read('comparison.json') : null;
  return {
    own: own?.points[0] ?? null,
    others: names.sort().flatMap((name) => (name === 'comparison.json' ? [] : (read(name) ?? []))),
  };
}

const readJson = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const filesIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^report\.(html|css|js)|\.part$/.test(entry.name))
    .map(({ name }) => ({ name, bytes: statSync(join(folder, name)).size }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
