/** Rows of a table of runs that are made again, and held against what the table says, digit by digit. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { badInput, messageOf } from '../base/errors.js';
import { metricColumns, type Values } from './columns.js';

/** A row as the table has it. */
export interface TableRow {
  /** Counts from 1, without the heads. */
  readonly number: number;
  readonly command: string;
  readonly fingerprint: string | null;
  /** Texts by column: those that a run gives, as they were written. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Difference {
  readonly column: string;
  readonly table: string;
  readonly again: string;
}

export interface Reproduced {
  readonly row: TableRow;
  readonly fingerprint: string | null;
  readonly differences: readonly Difference[];
  /**
   * `explained`: it differs, and so does the fingerprint, so nobody promised that it would not. `different`: it differs
   * though nothing explains it.
   */
  readonly outcome: 'identical' | 'explained' | 'different';
}

/** @throws HarnessError `bad-input` for a file that is no table of runs, or one without commands */
export function readRuns(file: string): TableRow[] {
  let records: Record<string, string>[];
  try {
    records = parse(readFileSync(file, 'utf8'), { columns: true });
  } catch (error) {
    throw badInput(`${file}: expected a table of runs (CSV), got none: ${messageOf(error)}`);
  }
  return records.map((record, at) => {
    const { command, fingerprint } = record;
    if (!command) {
      const expected = 'a column command with how each run is made, as runs.csv of a sweep has it';
      throw badInput(`${file}: expected ${expected}, got none in row ${at + 1}`);
    }
    const said = metricColumns.filter((column) => record[column] !== undefined);
    const values = Object.fromEntries(said.map((column) => [column, record[column]!]));
    return { number: at + 1, command, fingerprint: fingerprint || null, values };
  });
}

/** @param again what the run says now */
export function holdAgainst(row: TableRow, again: Values, fingerprint: string | null): Reproduced {
  const differences = Object.entries(row.values).flatMap(([column, table]) => {
    const value = again[column] ?? null;
    const text = value === null ? '' : String(value);
    return text === table ? [] : [{ column, table, again: text }];
  });
  const isOther = row.fingerprint !== fingerprint;
  const outcome = differences.length === 0 ? 'identical' : isOther ? 'explained' : 'different';
  return { row, fingerprint, differences, outcome };
}
