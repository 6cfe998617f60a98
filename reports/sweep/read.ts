/** A sweep's folder as a report needs it. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { badInput } from '../../harness/base/errors.js';
import { findRunFolders } from '../../harness/compare/load.js';
import { type SweepDescription, sweepSchema } from '../../harness/sweep/folder.js';

/** A row of `table.csv` or `runs.csv`: what is empty is null, what looks like a number is one. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface SweepFiles {
  readonly folder: string;
  readonly name: string;
  readonly description: SweepDescription;
  /** Columns of the tables that say which point a row is of. */
  readonly varied: readonly string[];
  readonly points: readonly Row[];
  readonly runs: readonly Row[];
  /** Folders of single runs, from the sweep's, with slashes. */
  readonly runFolders: readonly string[];
}

/** @throws HarnessError `bad-input` when the folder holds no sweep */
export function readSweep(folder: string): SweepFiles {
  const path = resolve(folder);
  if (!existsSync(join(path, 'sweep.json'))) throw badInput(`${folder}: expected a sweep with sweep.json, got none`);
  const description = sweepSchema.parse(JSON.parse(readFileSync(join(path, 'sweep.json'), 'utf8')));
  const points = readTable(join(path, 'table.csv'));
  const columns = Object.keys(points[0] ?? {});
  return {
    folder: path,
    name: `${basename(dirname(path))}/${basename(path)}`,
    description,
    varied: columns.slice(0, Object.keys(description.vary).length),
    points,
    runs: readTable(join(path, 'runs.csv')),
    runFolders: existsSync(join(path, 'runs'))
      ? findRunFolders(join(path, 'runs')).map((run) => relative(path, run))
      : [],
  };
}

function readTable(path: string): Row[] {
  if (!existsSync(path)) return [];
  const cast = (text: string, { header }: { header: boolean }) => {
    if (header) return text;
    if (text === '') return null;
    return Number.isNaN(Number(text)) ? text : Number(text);
  };
  return parse(readFileSync(path, 'utf8'), { columns: true, cast, skip_empty_lines: true }) as Row[];
}
