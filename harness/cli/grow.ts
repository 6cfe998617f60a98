/** Tables that grow, as commands have them: of experiments that come with rsplab. */
import { join, relative } from 'node:path';
import { realClock } from '../base/clock.js';
import { packageRoot } from '../base/package-root.js';
import { type LoadedExperiment, loadExperiment } from '../experiment/load.js';
import { type GrownTable, growTable, type TableOptions } from '../sweep/grow.js';
import { SweepProgress } from './sweep-progress.js';

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
