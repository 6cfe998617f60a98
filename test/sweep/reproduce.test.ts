/** Rows of a table that are made again: the same to the digit, or told where not. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { execa } from 'execa';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine, wordsOf } from '../../harness/base/shell.js';
import { holdAgainst, type TableRow } from '../../harness/sweep/reproduce.js';
import { temporaryFolder } from '../temporary.js';
import { rowsOf } from './sweeps.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
const rsplab = (...args: string[]) =>
  execa('node', [join(root, 'dist/harness/cli/main.js'), ...args], { cwd: root, reject: false });

/** The table with some rows changed. */
function changed(name: string, change: (rows: Record<string, string>[]) => void): string {
  const rows = rowsOf(readFileSync(table, 'utf8'));
  change(rows);
  writeFileSync(join(folder, name), stringify(rows, { header: true }));
  return join(folder, name);
}

let table: string;
beforeAll(async () => {
  const made = await rsplab('sweep', 'test/sweep/small.ts', '--replications', '2', '--out', folder, '--json');
  expect(made.stderr).not.toContain('rsplab:');
  const found = await execa('find', [folder, '-name', 'runs.csv']);
  table = found.stdout;
}, 120_000);

describe('rsplab reproduce', () => {
  it('finds two random rows of a simulated sweep the same to the digit', async () => {
    const { exitCode, stdout } = await rsplab('reproduce', table, '--sample', '2', '--json');
    const results = JSON.parse(stdout);
    expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['identical', 'identical']);
    expect(Object.keys(results[0].row.values).length).toBeGreaterThan(10);
    expect(exitCode).toBe(0);
  });

  it('says which number differs where one was changed, and fails', async () => {
    const other = changed('other.csv', ([first]) => {
      first!.requests_completed = '7';
    });
    const { exitCode, stdout } = await rsplab('reproduce', other, '--row', '1', '--out', folder);
    expect(stdout).toMatch(/│ 1 +│ DIFFERS +│ requests_completed: 7, now \d+ +│/);
    expect(exitCode).toBe(1);
  });

  it.each<[string, () => string[], RegExp]>([
    ['no table', () => [join(root, 'test/sweep/nowhere.csv')], /expected a table of runs \(CSV\), got none/],
    ['a table of points', () => [join(table, '../table.csv')], /expected a column command .*, got none in row 1/],
    ['a row that is not there', () => [table, '--row', '1000'], /--row: expected one of 1 to \d+, got 1000/],
    ['a row and a sample', () => [table, '--row', '1', '--sample', '2'], /expected --row or --sample, got both/],
    [
      'a run in real time',
      () => [
        changed('uml.csv', (rows) => {
          for (const row of rows) row.command = row.command!.replace('--on sim', '--on uml');
        }),
      ],
      /row 1: expected a run of sim or virtual, which can be made again, got one of uml/,
    ],
    [
      'another command',
      () => [
        changed('command.csv', (rows) => {
          for (const row of rows) row.command = 'rm -r /';
        }),
      ],
      /row 1: expected a command of rsplab run, got rm -r \//,
    ],
  ])('%s is refused in a sentence', async (_, args, message) => {
    const { exitCode, stderr } = await rsplab('reproduce', ...args());
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});

describe('a row', () => {
  const row: TableRow = {
    ...{ number: 1, command: 'rsplab run a.ts', fingerprint: 'aaaaaaaaaaaa' },
    values: { failovers: '3', detection_s: '', utilisation_percent: '41.25' },
  };
  const said = { failovers: 3, detection_s: null, utilisation_percent: 41.25 };

  it('is identical when all its numbers are, whatever made them', () => {
    expect(holdAgainst(row, said, 'aaaaaaaaaaaa').outcome).toBe('identical');
    expect(holdAgainst(row, said, 'bbbbbbbbbbbb').outcome).toBe('identical');
  });

  it('may differ where the fingerprint does, and not where it does not', () => {
    const other = { ...said, failovers: 4, detection_s: 0.5 };
    const expected = [
      { column: 'failovers', table: '3', again: '4' },
      { column: 'detection_s', table: '', again: '0.5' },
    ];
    expect(holdAgainst(row, other, 'bbbbbbbbbbbb')).toMatchObject({ outcome: 'explained', differences: expected });
    expect(holdAgainst(row, other, 'aaaaaaaaaaaa')).toMatchObject({ outcome: 'different', differences: expected });
  });
});

it('a command has the words that it was made of', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }).filter((word) => !word.includes('\0'))), (words) => {
      expect(wordsOf(commandLine(words))).toEqual(words);
    }),
  );
});
