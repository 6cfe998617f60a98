/** Runs the built command line for real, as a person would. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import { expect, type TestContext } from 'vitest';
import type { JournalEvent } from '../../harness/result/journal.js';
import type { FailoverRow } from '../../harness/result/rows.js';
import { type Summary, summarySchema } from '../../harness/result/summary.js';
import { readJournal } from '../../harness/run/journal.js';
import { temporaryFolder } from '../temporary.js';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const commandLine = join(repository, 'dist/harness/cli/main.js');

export interface RealRun {
  readonly exitCode: number | undefined;
  readonly folder: string;
  readonly summary: Summary;
  readonly failovers: FailoverRow[];
  readonly journal: JournalEvent[];
}

/** `rsplab run FILE ARGS --on uml --json` with its results in a temporary folder. */
export const runExperiment = (file: string, ...args: string[]): Promise<RealRun> =>
  runExperimentInto(temporaryFolder(), file, ...args);

/**
 * The same, and once more where the run is unknown for no other reason than that the machine left the lab too little
 * computing time: that is nobody's failure, and proves nothing either.
 */
export const runUndisturbed = (file: string, ...args: string[]): Promise<RealRun> =>
  undisturbed(() => runExperiment(file, ...args));

/**
 * The same, and once more where a check fails: RSPLIB's own chance cannot be seeded, so a failure that is to be believed
 * has to show in a fresh run, too.
 */
export async function runConfirmed(file: string, ...args: string[]): Promise<RealRun> {
  const run = await runUndisturbed(file, ...args);
  if (run.summary.verdict !== 'fail') return run;
  const failed = run.summary.checks.filter(({ verdict }) => verdict === 'fail');
  console.log(`${file}: to be confirmed: ${failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`);
  return runUndisturbed(file, ...args);
}

export async function undisturbed(run: () => Promise<RealRun>): Promise<RealRun> {
  const result = await run();
  const { experiment, reasons } = result.summary;
  if (reasons.length === 0 || brokenBy(result).length > 0) return result;
  console.log(`${experiment}: again, because ${reasons.join('; ')}`);
  return run();
}

/** Why a run cannot be trusted, but for a machine that was busy with other things. */
export const brokenBy = ({ summary }: RealRun): string[] =>
  summary.reasons.filter((reason) => !reason.startsWith(overloaded));

const overloaded = 'the lab was overloaded';

/**
 * Nothing broke; and a run that the machine left too little computing time says that it is unknown. What hangs on times
 * cannot be tested with it: the rest of the test is skipped, and says why.
 */
export function expectSound(run: RealRun, skip: TestContext['skip']): void {
  expect(brokenBy(run)).toEqual([]);
  const { reasons, verdict } = run.summary;
  if (reasons.length === 0) return;
  expect([verdict, run.exitCode]).toEqual(['unknown', 3]);
  skip(reasons.join('; '));
}

/** `runExperiment` with its results in a folder that is kept. */
export async function runExperimentInto(out: string, file: string, ...args: string[]): Promise<RealRun> {
  const result = await execa('node', [commandLine, 'run', file, '--on', 'uml', '--json', '--out', out, ...args], {
    cwd: repository,
    reject: false,
  });
  if (!result.stdout.startsWith('{')) throw new Error(`rsplab printed no summary: ${result.stderr}`);
  const summary = summarySchema.parse(JSON.parse(result.stdout));
  const parent = join(out, summary.experiment);
  const folder = join(parent, readdirSync(parent).sort().at(-1)!);
  const failovers: FailoverRow[] = parse(readFileSync(join(folder, 'failovers.csv')), {
    columns: true,
    cast: castCell,
  });
  return { exitCode: result.exitCode, folder, summary, failovers, journal: readJournal(folder) };
}

export function castCell(value: string): string | number | null {
  if (value === '') return null;
  return Number.isNaN(Number(value)) ? value : Number(value);
}
