/** Finds runs on disk and reads them back, as far as a comparison needs them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput, messageOf } from '../base/errors.js';
import { foldersWithin, type OnUnreadable } from '../base/folders.js';
import { parseJson } from '../base/json.js';
import { type Plan, planSchema } from '../experiment/plan.js';
import { failoverRowSchema, requestRowSchema } from '../result/rows.js';
import { type Summary, summarySchema } from '../result/summary.js';
import { journalFile, readJournal } from '../run/journal.js';
import type { Outcome } from '../run/outcome.js';
import type { FaultJournal } from '../sim/faults.js';

/** A run as its folder tells it. */
export interface LoadedRun {
  readonly folder: string;
  /** `experiment/run id`. */
  readonly name: string;
  readonly plan: Plan;
  readonly summary: Summary;
  readonly outcome: Outcome;
  /** The faults that struck, to be replayed by a model. */
  readonly faults: FaultJournal;
}

/**
 * Reads a run's folder.
 * @throws HarnessError `bad-input` when it is none, or was cut short before there was anything to compare
 */
export function loadRun(folder: string): LoadedRun {
  const path = resolve(folder);
  const plan = readJson(path, 'plan.json', planSchema);
  const summary = readJson(path, 'summary.json', summarySchema);
  if (!existsSync(join(path, journalFile))) throw badInput(`${folder}: expected a run with ${journalFile}, got none`);
  const journal = parseWith(() => readJournal(path), join(path, journalFile));
  const at = (phase: string) => journal.find((event) => event.event === 'phase' && event.phase === phase)?.time;
  const from = at('measure');
  if (from === undefined)
    throw badInput(`${folder}: the run broke off before its measurement, nothing can be compared`);
  const healed = new Map(
    journal.flatMap((event) => (event.event === 'faultHealed' ? [[event.id, event.healedAt] as const] : [])),
  );
  const faults = journal.flatMap((event) => {
    if (event.event !== 'faultInjected') return [];
    const { kind, host, network, injectedAt, id } = event;
    return [{ kind, host, network, injectedAt, healedAt: healed.get(id) ?? null }];
  });
  const outcome: Outcome = {
    requests: readRows(path, 'requests.csv', requestRowSchema),
    failovers: readRows(path, 'failovers.csv', failoverRowSchema),
    keepAlives: null,
    faults: summary.faults,
    utilisationPercent: summary.utilisation.percent,
    window: { from, to: at('collect') ?? at('end') ?? journal.at(-1)!.time },
    reasons: summary.reasons,
    notes: [],
    wire: null,
    kernel: summary.versions.kernel ?? null,
  };
  return { folder: path, name: nameOf(path), plan, summary, outcome, faults: { measureAt: from, faults } };
}

/** `experiment/run id`, or whatever the last two folders are. */
export const nameOf = (folder: string): string => `${basename(dirname(resolve(folder)))}/${basename(resolve(folder))}`;

export const isRunFolder = (folder: string): boolean =>
  existsSync(join(folder, 'plan.json')) && !existsSync(join(folder, tableFile));

/** A sweep's runs in one table: `runs.csv`. */
export const tableFile = 'runs.csv';

/** How deep run folders lie below what a person names: results / experiment / sweep / runs / experiment / run. */
const depthMost = 5;

/** Every run folder at or below a folder, sorted by path. Nothing is looked for inside of a run. */
export function findRunFolders(folder: string, onUnreadable?: OnUnreadable, depth = depthMost): string[] {
  if (isRunFolder(folder)) return [folder];
  if (depth === 0) return [];
  return foldersWithin(folder, onUnreadable).flatMap((each) => findRunFolders(each, onUnreadable, depth - 1));
}

/**
 * What a person means by RUN: a run's folder, a folder with runs in it (a sweep's, an experiment's), or `latest`.
 * @param results where `latest` is looked for
 * @returns an existing folder
 * @throws HarnessError `bad-input` when there is nothing of the kind
 */
export function locate(named: string, results: string): string {
  if (named !== 'latest' || existsSync(named)) {
    if (existsSync(named) && statSync(named).isDirectory()) return resolve(named);
    throw badInput(`Expected the folder of a run or of several runs, or 'latest', got ${named}, which is none`);
  }
  const runs = existsSync(results) ? findRunFolders(results) : [];
  const latest = runs
    .filter((folder) => runIdPattern.test(basename(folder)) && existsSync(join(folder, 'summary.json')))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1))
    .at(-1);
  if (!latest) throw badInput(`Expected a run in ${results} to be the latest, got none; rsplab run makes one`);
  return resolve(latest);
}

/** Run ids begin with the time at which the run began. */
const runIdPattern = /^\d{8}-\d{6}-/;

function readJson<S extends z.ZodType>(folder: string, name: string, schema: S): z.output<S> {
  const path = join(folder, name);
  if (!existsSync(path)) throw badInput(`${folder}: expected a finished run with ${name}, got none`);
  return check(
    `${nameOf(folder)}/${name}`,
    schema,
    parseWith(() => parseJson(readFileSync(path, 'utf8')), path),
  );
}

/** A table as `storeRows` writes it; an empty field is null. */
function readRows<S extends z.ZodObject>(folder: string, name: string, schema: S): z.output<S>[] {
  const path = join(folder, name);
  if (!existsSync(path)) throw badInput(`${folder}: expected a finished run with ${name}, got none`);
  const cast = (value: string, { header, column }: { header: boolean; column: number | string }) => {
    if (header) return value;
    if (value === '') return null;
    return isNumeric(schema, String(column)) ? Number(value) : value;
  };
  const records = parseWith(
    () => parse(readFileSync(path, 'utf8'), { columns: true, bom: true, cast, skip_empty_lines: true }),
    path,
  );
  return check(`${nameOf(folder)}/${name}`, z.array(schema), records);
}

function parseWith<T>(read: () => T, path: string): T {
  try {
    return read();
  } catch (error) {
    throw badInput(`${path} cannot be read: ${messageOf(error)}`, error);
  }
}

/** Whether a column holds numbers: a user may be called `7`, so it is the schema that knows. */
const isNumeric = (schema: z.ZodObject, column: string): boolean => schema.shape[column]?.safeParse(0).success ?? false;
