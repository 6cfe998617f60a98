/**
 * The history: one line per gate, for drift that no single step shows. Whether there is a change point is for Apache
 * Otava to say, which reads this CSV; the report only draws it.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Clock } from '../base/clock.js';
import { badInput, messageOf } from '../base/errors.js';
import { newSession } from '../base/session.js';
import type { GateMetricName } from '../experiment/gate.js';
import { isRatio } from './effect.js';
import { rounded, snakeCase } from './formats/text.js';
import { whileAlone } from './lock.js';
import type { GateResult } from './result.js';

const own = ['time', 'commit', 'verdict'] as const;
/** Otava wants a number in every cell. */
const missing = 'nan';

export interface History {
  /** `time`, `commit` and `verdict`, then a column for each metric of each point. */
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** As in `element_kill_keep_alive_1.failover_delay_mean`: nothing in it has to be quoted. */
export const historyColumn = (point: string, metric: string): string => `${snakeCase(point)}.${snakeCase(metric)}`;

/** @throws HarnessError `bad-input` for a file that is no history */
export function readHistory(file: string): History {
  if (!existsSync(file)) return { columns: [...own], rows: [] };
  try {
    const rows = parse(readFileSync(file, 'utf8'), { columns: true, skip_empty_lines: true }) as Record<
      string,
      string
    >[];
    const [head] = parse(readFileSync(file, 'utf8'), { to: 1 }) as string[][];
    const columns = head ?? [...own];
    if (own.some((name, at) => columns[at] !== name)) throw new Error(`its first columns are not ${own.join(', ')}`);
    return { columns, rows };
  } catch (error) {
    throw badInput(`--history: expected a CSV file of gates, got ${file}: ${messageOf(error)}`, error);
  }
}

/**
 * Adds a line for this gate. Gates that end at the same time wait for each other.
 * @throws HarnessError `bad-input` for a file that is no history
 */
export function addToHistory(file: string, result: GateResult, clock: Clock): Promise<History> {
  return whileAlone(file, clock, () => {
    const before = readHistory(file);
    const row = rowOf(result);
    const columns = [...before.columns, ...Object.keys(row).filter((name) => !before.columns.includes(name))];
    const rows = [...before.rows, row];
    const table = rows.map((each) =>
      columns.map((name) => each[name] || (own.some((it) => it === name) ? '' : missing)),
    );
    const part = `${file}.${newSession()}.part`;
    writeFileSync(part, stringify([columns, ...table]));
    renameSync(part, file);
    return { columns, rows };
  });
}

function meanOf(metric: GateMetricName, values: readonly number[]): number {
  const ratio = isRatio(metric, values);
  const mean = values.reduce((sum, value) => sum + (ratio ? Math.log(value) : value), 0) / values.length;
  return ratio ? Math.exp(mean) : mean;
}

function rowOf({ date, commit, verdict, points }: GateResult): Record<string, string> {
  const values = points.flatMap((point) =>
    point.metrics
      .filter((metric) => metric.new.mean !== null)
      .map(({ metric, new: { values } }) => {
        // Of as many runs in every gate: more of them, with other seeds, would look like a change.
        const mean = meanOf(metric, values.slice(0, point.replications));
        return [historyColumn(point.name, metric), String(rounded(mean))] as const;
      }),
  );
  return { time: `${date.slice(0, 19)}Z`, commit: commit ?? '', verdict, ...Object.fromEntries(values) };
}
