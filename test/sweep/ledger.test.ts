import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Ledger, type RunRecord } from '../../harness/sweep/ledger.js';
import { temporaryFolder } from '../temporary.js';

const record = (point: number, replication: number, value = 0.1 + 0.2): RunRecord => ({
  ...{ point, replication, seed: 7, verdict: null, folder: null },
  values: { utilisation_percent: value, queuing_delay_s: null },
});
const newPath = () => join(temporaryFolder(), 'ledger.ndjson');

function written(...records: RunRecord[]): string {
  const path = newPath();
  const ledger = new Ledger(path);
  for (const each of records) ledger.append(each);
  ledger.close();
  return path;
}

describe('ledger', () => {
  test('gives back what was appended, to the last bit, by point and replication', () => {
    const path = written(record(1, 1), record(0, 2), record(0, 1));
    expect(new Ledger(path).records()).toEqual([record(0, 1), record(0, 2), record(1, 1)]);
  });

  test('half a last line is cut off, and what follows is appended to whole lines', () => {
    const path = written(record(0, 1), record(0, 2));
    const whole = readFileSync(path, 'utf8');
    for (const cut of [1, 2, 20, whole.length / 2 - 1]) {
      writeFileSync(path, whole.slice(0, whole.length - cut));
      const ledger = new Ledger(path);
      expect(ledger.records()).toEqual([record(0, 1)]);
      expect(ledger.has(0, 2)).toBe(false);
      ledger.append(record(0, 2));
      ledger.close();
      expect(readFileSync(path, 'utf8')).toBe(whole);
    }
  });

  test('a run that is there twice counts once, as it was first', () => {
    const path = written(record(0, 1, 1));
    appendFileSync(path, `${JSON.stringify(record(0, 1, 2))}\n`);
    expect(new Ledger(path).records()).toEqual([record(0, 1, 1)]);
  });

  test('a line that is something else is refused, with its number', () => {
    const path = written(record(0, 1));
    appendFileSync(path, '{"point":"first"}\n');
    expect(() => new Ledger(path)).toThrow(/expected a finished run in line 2/);
  });
});
