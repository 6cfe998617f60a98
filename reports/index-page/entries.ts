/** What lies below a folder of results: runs, sweeps and explorations, each with what an index says of it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { messageOf } from '../../harness/base/errors.js';
import { foldersWithin, type OnUnreadable } from '../../harness/base/folders.js';
import { formatDuration } from '../../harness/base/units.js';
import { planSchema } from '../../harness/experiment/plan.js';
import { isExploration, readExploration } from '../../harness/explore/folder.js';
import { type Summary, summarySchema, type Verdict } from '../../harness/result/summary.js';
import { sweepSchema } from '../../harness/sweep/folder.js';

export interface Entry {
  readonly kind: 'run' | 'sweep' | 'exploration';
  readonly folder: string;
  /** From the results' folder, with slashes. */
  readonly path: string;
  readonly experiment: string;
  /** As in `2026-11-23 10:05`; the folder's name where it tells no time. */
  readonly time: string;
  readonly on: string;
  readonly point: string;
  readonly verdict: Verdict;
  readonly headline: string;
  readonly hasReport: boolean;
  /** Comparisons that lie beside the run. */
  readonly comparisons: readonly string[];
}

const deepest = 3;

/** The newest first. Nothing is looked for inside of any. */
export function entriesIn(results: string, onUnreadable?: OnUnreadable): Entry[] {
  return foldersIn(results, deepest, onUnreadable)
    .map((folder) => entryOf(results, folder))
    .sort((a, b) => (a.time === b.time ? (a.path < b.path ? -1 : 1) : a.time < b.time ? 1 : -1));
}

/** Undefined for a folder that is none of these. */
export function kindOf(folder: string): Entry['kind'] | undefined {
  if (isExploration(folder)) return 'exploration';
  return isSweep(folder) ? 'sweep' : isRun(folder) ? 'run' : undefined;
}

const isSweep = (folder: string): boolean => existsSync(join(folder, 'sweep.json'));
const isRun = (folder: string): boolean => existsSync(join(folder, 'plan.json'));

function foldersIn(folder: string, depth: number, onUnreadable: OnUnreadable | undefined): string[] {
  if (kindOf(folder)) return [folder];
  if (depth === 0) return [];
  return foldersWithin(folder, onUnreadable).flatMap((each) => foldersIn(each, depth - 1, onUnreadable));
}

function entryOf(results: string, folder: string): Entry {
  const common = {
    folder,
    path: relative(results, folder).split('\\').join('/'),
    time: timeOf(folder),
    hasReport: existsSync(join(folder, 'report.html')),
    comparisons: readdirSync(folder).filter((name) => /^comparison(-.*)?\.json$/.test(name)),
  };
  const kind = kindOf(folder)!;
  try {
    return { ...common, ...describers[kind](folder) };
  } catch (error) {
    const broken = { verdict: 'unknown' as const, headline: `cannot be read: ${messageOf(error).split('\n')[0]}` };
    return { ...common, kind, experiment: basename(join(folder, '..')), on: '', point: '', ...broken };
  }
}

const readJson = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

function runEntry(folder: string) {
  const plan = planSchema.parse(readJson(folder, 'plan.json'));
  const point = describePoint(plan.point);
  if (!existsSync(join(folder, 'summary.json'))) {
    const unfinished = { verdict: 'unknown' as const, headline: 'never came to its end' };
    return { kind: 'run' as const, experiment: plan.experiment, on: '', point, ...unfinished };
  }
  const summary = summarySchema.parse(readJson(folder, 'summary.json'));
  return {
    ...{ kind: 'run' as const, experiment: plan.experiment, on: summary.on, point },
    ...{ verdict: summary.verdict, headline: headlineOf(summary) },
  };
}

function headlineOf({ reasons, failovers, handlingSpeed, requests }: Summary): string {
  if (reasons.length > 0) return reasons[0]!;
  const { delay } = failovers;
  const speed = handlingSpeed.percentOfCapacity;
  return [
    delay.mean === null ? '' : `failover ${formatDuration(delay.mean).replace(' ', ' ')} (n = ${delay.count})`,
    failovers.open > 0 ? `${failovers.open} never resumed` : '',
    speed === null ? '' : `speed ${speed.toFixed(1)} %`,
    requests.lost > 0 ? `${requests.lost} requests lost` : '',
    `${requests.completed} of ${requests.queued} requests`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function sweepEntry(folder: string) {
  const sweep = sweepSchema.parse(readJson(folder, 'sweep.json'));
  const varied = Object.entries(sweep.vary)
    .filter(([, values]) => values.length > 1)
    .map(([name, values]) => `${name} × ${values.length}`);
  const verdict: Verdict = sweep.state === 'complete' ? 'pass' : sweep.state === 'failed' ? 'fail' : 'unknown';
  const failed = sweep.failures.length === 0 ? '' : `, ${sweep.failures.length} without result`;
  return {
    ...{ kind: 'sweep' as const, experiment: sweep.experiment, on: sweep.on, point: varied.join(', '), verdict },
    headline: `${sweep.points} points × ${sweep.replications} runs, ${sweep.state}${failed}`,
  };
}

function explorationEntry(folder: string) {
  const { experiment, on, point, tried, groups, state } = readExploration(folder);
  const verdict: Verdict = tried.failed > 0 ? 'fail' : state === 'complete' && tried.passed > 0 ? 'pass' : 'unknown';
  const unknown = tried.unknown === 0 ? '' : `, ${tried.unknown} unknown`;
  return {
    ...{ kind: 'exploration' as const, experiment, on, point: describePoint(point), verdict },
    headline: `${tried.seeds} seeds, ${state}: ${tried.failed} failed in ${groups.length} ways${unknown}`,
  };
}

const describers = { run: runEntry, sweep: sweepEntry, exploration: explorationEntry };

export const describePoint = (point: Readonly<Record<string, unknown>>): string =>
  Object.entries(point)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

/** Folders of all kinds are named by when they began. */
function timeOf(folder: string): string {
  const named = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(basename(folder));
  if (named) return `${named[1]}-${named[2]}-${named[3]} ${named[4]}:${named[5]}`;
  return statSync(folder).mtime.toISOString().slice(0, 16).replace('T', ' ');
}
