/** Runs the built command line for real, as a person would. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import { expect } from 'vitest';
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
  /** What was said while it ran. */
  readonly said: string;
}

/** `rsplab run FILE ARGS --on virtual --json` with its results in a temporary folder. */
export const runExperiment = (file: string, ...args: string[]): Promise<RealRun> =>
  runExperimentOn('virtual', temporaryFolder(), file, ...args);

/** `runExperiment` on any lab, with its results in a folder that is kept. */
export async function runExperimentOn(lab: string, out: string, file: string, ...args: string[]): Promise<RealRun> {
  const result = await execa('node', [commandLine, 'run', file, '--on', lab, '--json', '--out', out, ...args], {
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
  return { exitCode: result.exitCode, folder, summary, failovers, journal: readJournal(folder), said: result.stderr };
}

/** Nothing broke, so its numbers can be trusted: in virtual time no machine is too busy for that. */
export const expectSound = ({ summary }: RealRun): void => expect(summary.reasons).toEqual([]);

/**
 * Seed after seed until no check fails, three at most. Whatever changes in rsplab makes another run of the same seed,
 * and RSPLIB leaves a cookie echo unanswered now and then: a check that fails has to fail under other seeds, too.
 */
export async function runUntilNoneFails(run: (seed: number) => Promise<RealRun>): Promise<RealRun> {
  for (let seed = 1; ; seed++) {
    const real = await run(seed);
    expectSound(real);
    if (real.summary.verdict !== 'fail' || seed === 3) return real;
  }
}

export function castCell(value: string): string | number | null {
  if (value === '') return null;
  return Number.isNaN(Number(value)) ? value : Number(value);
}
