import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { isPeerJournal, parsePeerVector } from './peer-journal.js';

/** A completed request as its user's vector file tells it; times are epoch seconds. */
export interface VectorRow {
  readonly id: number;
  readonly size: number;
  readonly queuedAt: number;
  /** Dequeued. */
  readonly startedAt: number;
  /** The *last* accept: a failover overwrites it. */
  readonly acceptedAt: number;
  readonly completedAt: number;
}

export interface Vector {
  readonly rows: VectorRow[];
  /** The last line is incomplete: its writer was killed. It is left out. */
  readonly truncated: boolean;
}

/** @throws Error when the file cannot be read, or is neither a vector of calcappclient's nor our own user's journal */
export async function readVector(path: string): Promise<Vector> {
  const text = await readFile(path, 'utf8');
  return isPeerJournal(text) ? parsePeerVector(text) : parseVector(text);
}

const wanted = {
  id: 'JobID',
  size: 'JobSize',
  queuedAt: 'QueuingTimeStamp',
  startedAt: 'StartupTimeStamp',
  acceptedAt: 'AcceptTimeStamp',
  completedAt: 'CompleteTimeStamp',
} as const;

/**
 * Reads a vector that `calcappclient -vector=…` wrote: columns apart by spaces, rows with a leading line number that
 * the header does not name. An empty file is a vector without rows.
 * @throws Error when a column is missing
 */
export function parseVector(text: string): Vector {
  const whole = text.endsWith('\n') || text === '';
  const lines = parse(text, { delimiter: [' ', '\t'], relax_column_count: true, skip_empty_lines: true }) as string[][];
  const [header = [], ...cells] = lines.map((line) => line.filter((cell) => cell !== ''));
  if (header.length === 0) return { rows: [], truncated: false };
  const column = Object.entries(wanted).map(([name, title]) => {
    const at = header.indexOf(title);
    if (at < 0) throw new Error(`expected a vector of calcappclient with the column ${title}, got ${header.join(' ')}`);
    return [name, at + 1] as const;
  });
  const complete = cells.filter(
    (row, index) => row.length === header.length + 1 && (whole || index < cells.length - 1),
  );
  const rows = complete.map((row) => Object.fromEntries(column.map(([name, at]) => [name, Number(row[at])])));
  return { rows: rows as unknown as VectorRow[], truncated: complete.length < cells.length };
}
