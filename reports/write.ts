/** Writes whatever page belongs into a folder: of a run, of a sweep, of an exploration, or the index over results. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { badInput } from '../harness/base/errors.js';
import { writeExploreReport } from './explore/report.js';
import { type Entry, entriesIn, kindOf } from './index-page/entries.js';
import { writeIndex } from './index-page/index-page.js';
import type { PageOptions } from './page/write.js';
import { writeRunReport } from './run/report.js';
import { writeSweepReport } from './sweep/report.js';

export interface WriteOptions extends PageOptions {
  /** Also the reports, below a folder of results, that are there already. @defaultValue only those that are missing */
  readonly all?: boolean;
  /** Told each page as it is written. */
  readonly onPage?: (path: string) => void;
  /** Told of a report that could not be made; the others are made all the same. Without it, the first one is thrown. */
  readonly onTrouble?: (folder: string, error: unknown) => void;
}

/**
 * @returns the path of the folder's own page
 * @throws HarnessError `bad-input` for what is no folder, or holds none of these
 */
export function writeReports(folder: string, options: WriteOptions = {}): string {
  const path = resolve(folder);
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw badInput(`Expected the folder of a run, of a sweep or of results, got ${folder}, which is none`);
  }
  const kind = kindOf(path);
  const own = kind ? writers[kind](path, options) : writeAll(path, folder, options);
  options.onPage?.(own);
  return own;
}

const writers: Record<Entry['kind'], (folder: string, options: PageOptions) => string> = {
  run: writeRunReport,
  sweep: writeSweepReport,
  exploration: writeExploreReport,
};

function writeAll(results: string, named: string, options: WriteOptions): string {
  const { all, onPage, onTrouble } = options;
  const entries = entriesIn(results, onTrouble);
  if (entries.length === 0) throw badInput(`${named}: expected a run, a sweep or a folder with some, got neither`);
  for (const { folder, kind, hasReport } of entries) {
    if (hasReport && !all && existsSync(join(folder, 'report.html'))) continue;
    try {
      const path = writers[kind](folder, options);
      onPage?.(path);
    } catch (error) {
      if (!onTrouble) throw error;
      onTrouble(folder, error);
    }
  }
  return writeIndex(results, options);
}
