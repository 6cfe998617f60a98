/** What RUN stands for on the command line: one run, or many, grouped by the plan that they are replications of. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { badInput, codeOf, messageOf } from '../base/errors.js';
import type { MetricName } from './comparison.js';
import { findRunFolders, isRunFolder, type LoadedRun, loadRun, nameOf, tableFile } from './load.js';
import { metrics } from './metrics.js';
import { type MeasuredPoint, type MetricSample, pointOf, type RunSample } from './sample.js';

export interface RunSet {
  readonly folder: string;
  /** `experiment/run id`, or whatever the last two folders are. */
  readonly name: string;
  readonly experiment: string;
  readonly points: readonly MeasuredPoint[];
  /** Which runs were left out, and why. */
  readonly notes: readonly string[];
}

/**
 * Reads the run in a folder, or all runs below it. Of many, those that broke are left out and named.
 * @throws HarnessError `bad-input` when there is none, or when they are of several experiments
 */
export function loadRunSet(folder: string): RunSet {
  const name = nameOf(folder);
  if (isRunFolder(folder)) {
    const run = loadRun(folder);
    return { folder, name, experiment: run.plan.experiment, points: [pointOf([run])], notes: [] };
  }
  const notes: string[] = [];
  const folders = findRunFolders(folder, (each, { message }) => {
    notes.push(`${nameOf(each)} is left out, it cannot be read: ${message}.`);
  });
  if (folders.length === 0) {
    if (existsSync(join(folder, tableFile))) return fromTable(folder, name);
    const why = notes.map((note) => `; ${note}`).join('');
    throw badInput(`${folder}: expected a run or a folder with runs (plan.json, summary.json), got neither${why}`);
  }
  const runs = folders.flatMap((each) => tryLoad(each, notes) ?? []);
  if (runs.length === 0) throw badInput(`${folder}: expected at least one whole run, got none: ${notes.join(' ')}`);
  const experiments = new Set(runs.map(({ plan }) => plan.experiment));
  if (experiments.size > 1) {
    throw badInput(`${folder}: expected runs of one experiment, got ${[...experiments].join(', ')}`);
  }
  return { folder, name, experiment: runs[0]!.plan.experiment, points: grouped(runs).map(pointOf), notes };
}

/**
 * Makes both sides speak of the same: a sweep's table counts failovers of requests that nobody had accepted among the
 * others, so a sweep is read from its table, too, where the other one has nothing else.
 */
export function alike(ours: RunSet, theirs: RunSet): readonly [RunSet, RunSet] {
  if (isTable(ours) === isTable(theirs)) return [ours, theirs];
  const read = (set: RunSet) => (existsSync(join(set.folder, tableFile)) ? fromTable(set.folder, set.name) : set);
  const [here, there] = [read(ours), read(theirs)];
  if (isTable(here) === isTable(there)) return [here, there];
  const note = 'One side is a table, whose failovers include those of requests that nobody had accepted yet.';
  return [{ ...here, notes: [...here.notes, note] }, there];
}

const isTable = ({ points }: RunSet): boolean => points.every(({ loaded }) => loaded.length === 0);

/**
 * The other set's point that goes with this one: the only one of each, or the one where the same is varied alike. Of
 * several such (an experiment's folder holds runs from before and after it was changed) the one whose plan is the most
 * like it.
 */
export function counterpart(point: MeasuredPoint, ours: RunSet, theirs: RunSet): MeasuredPoint | null {
  if (ours.points.length === 1 && theirs.points.length === 1) return theirs.points[0]!;
  const key = pointKey(point);
  const fitting = theirs.points.filter((other) => pointKey(other) === key);
  return (
    fitting.sort((a, b) => likeness(point, b) - likeness(point, a) || b.samples.length - a.samples.length)[0] ?? null
  );
}

const planParts = ['topology', 'hosts', 'phases', 'faults'] as const;

/** How many parts of the plans are the same. */
function likeness({ loaded: [ours] }: MeasuredPoint, { loaded: [theirs] }: MeasuredPoint): number {
  if (!ours || !theirs) return 0;
  return planParts.filter((part) => JSON.stringify(ours.plan[part]) === JSON.stringify(theirs.plan[part])).length;
}

const pointKey = ({ point }: MeasuredPoint): string =>
  JSON.stringify(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));

function tryLoad(folder: string, notes: string[]): LoadedRun | null {
  try {
    const run = loadRun(folder);
    if (run.summary.reasons.length === 0) return run;
    notes.push(`${run.name} is left out, it is unknown: ${run.summary.reasons.join('; ')}.`);
  } catch (error) {
    if (codeOf(error) !== 'bad-input') throw error;
    notes.push(`${nameOf(folder)} is left out: ${messageOf(error)}.`);
  }
  return null;
}

/** Runs whose plans are the same but for the seed, in the order of their first ones. */
function grouped(runs: readonly LoadedRun[]): LoadedRun[][] {
  const groups = new Map<string, LoadedRun[]>();
  for (const run of runs) {
    // What a plan says about itself changes nothing.
    const key = JSON.stringify({ ...run.plan, seed: 0, file: null, question: null, expectation: null, checks: [] });
    const group = groups.get(key);
    if (group) group.push(run);
    else groups.set(key, [run]);
  }
  return [...groups.values()];
}

/** The columns of `runs.csv` that metrics are read from. */
const columns: Partial<Record<MetricName, string>> = {
  queuing: 'queuing_delay_s',
  startup: 'startup_delay_s',
  processing: 'processing_time_s',
  handling: 'handling_time_s',
  handlingSpeed: 'handling_speed_percent',
  utilisation: 'utilisation_percent',
  failoverCount: 'failovers',
  failoverDelay: 'failover_delay_s',
  detection: 'detection_s',
  selection: 'selection_s',
  connection: 'connection_s',
  resumption: 'resumption_s',
};

/** A sweep that kept its runs' numbers only: names before `replication` are what it varied. */
function fromTable(folder: string, name: string): RunSet {
  const text = readFileSync(join(folder, tableFile), 'utf8');
  const rows = readTable(text, join(folder, tableFile));
  const varied = Object.keys(rows[0] ?? {});
  varied.length = Math.max(0, varied.indexOf('replication'));
  const groups = new Map<string, Record<string, string>[]>();
  for (const row of rows) {
    const key = JSON.stringify(varied.map((each) => row[each]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const points = [...groups.values()].map((group): MeasuredPoint => {
    const point = Object.fromEntries(varied.map((each) => [each, pointValue(group[0]![each]!)]));
    const names = group.map((row) => `${name} #${row.replication}`);
    return { point, margin: defaultMargin, seed: 1, names, samples: group.map(sampleOfRow), loaded: [] };
  });
  if (points.length === 0) throw badInput(`${join(folder, tableFile)}: expected at least one run, got none`);
  return { folder, name, experiment: name.split('/')[0]!, points, notes: [] };
}

/** A plan's own default: a table does not tell. */
const defaultMargin = 0.1;

function readTable(text: string, path: string): Record<string, string>[] {
  try {
    const columns = (names: string[]) => different(names);
    return parse(text, { columns, bom: true, skip_empty_lines: true }) as Record<string, string>[];
  } catch (error) {
    throw badInput(`${path} cannot be read: ${messageOf(error)}`, error);
  }
}

/** Of two columns with one name, the first would be lost, and points that differ there would become one. */
function different(names: string[]): string[] {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw badInput(`expected columns with different names, got '${twice}' twice`);
  return names;
}

function pointValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

function sampleOfRow(row: Record<string, string>): RunSample {
  const sample = (metric: MetricName): MetricSample => {
    const text = columns[metric] === undefined ? undefined : row[columns[metric]];
    const value = text === undefined || text === '' ? null : Number(text);
    return { value, count: 0, unit: null, blocks: [], observations: [] };
  };
  const names = Object.keys(metrics) as MetricName[];
  const samples = Object.fromEntries(names.map((name) => [name, sample(name)]));
  return {
    metrics: samples as Record<MetricName, MetricSample>,
    resumed: null,
    failovers: { running: samples.failoverCount!.value ?? 0, starting: 0, open: 0 },
  };
}
