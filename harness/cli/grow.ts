/** Tables that grow, as commands have them: of experiments that come with rsplab. */
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { packageRoot } from '../base/package-root.js';
import { type LoadedExperiment, loadExperiment } from '../experiment/load.js';
import { virtualSubject } from '../run/virtual-subject.js';
import { type GrownTable, growTable, readTable, type TableOptions } from '../sweep/grow.js';
import { countFrom, jobsFrom, seedFrom } from './settings.js';
import { SweepProgress } from './sweep-progress.js';

/** Of a command whose tables grow run by run on virtual. */
export interface GrowFlags {
  replications: string;
  jobs?: string;
  seed: string;
  draw?: boolean;
  out: string;
}

/** @param runs what `--replications` counts, and how many there are by default */
export const withGrowOptions = (command: Command, runs: readonly [of: string, usual: string], out: string): Command =>
  command
    .option('--replications <number>', ...runs)
    .option('--jobs <number>', 'runs at a time (default: one per core)')
    .option('--seed <number>', 'what all chance grows from', '1')
    .option('--draw', 'make the tables of the runs that are there, without running anything')
    .option('--out <folder>', 'where tables go', out);

/** The table of that name, with all runs that are asked for; what it has so far where only drawing is asked for. */
export async function tableOf(
  name: string,
  loaded: LoadedExperiment,
  part: Pick<TableOptions, 'restriction' | 'phases'>,
  { seed, replications, out, draw, jobs }: GrowFlags,
  signal: AbortSignal,
): Promise<GrownTable> {
  const options = {
    ...{ subject: virtualSubject, seed: seedFrom(seed), ...part },
    ...{ replications: countFrom('--replications', replications), table: join(out, `${name}-runs.csv`) },
  };
  return draw ? readTable(loaded, options) : growTold(name, loaded, { ...options, signal, jobs: jobsFrom(jobs) });
}

/** @param name of a file in `experiments/`, without its ending */
export const loadShipped = (name: string): Promise<LoadedExperiment> =>
  loadExperiment(relative(process.cwd(), join(packageRoot(import.meta.url), 'experiments', `${name}.ts`)));

/** Runs what the table lacks, and tells how far it is. */
export function growTold(
  name: string,
  loaded: LoadedExperiment,
  options: TableOptions & { readonly jobs: number; readonly signal: AbortSignal },
): Promise<GrownTable> {
  const progress = new SweepProgress(name, process.stderr);
  return growTable(loaded, {
    ...options,
    clock: realClock,
    onProgress: (state) => progress.update(state),
    say: (line) => void process.stderr.write(`${line}\n`),
  }).finally(() => progress.end());
}
