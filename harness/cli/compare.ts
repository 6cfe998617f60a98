import { Command } from 'commander';
import { badInput } from '../base/errors.js';
import { defaultReplications } from '../compare/compare.js';
import { locate } from '../compare/load.js';
import { loadRunSet, type RunSet } from '../compare/run-set.js';
import { compareSets, predictSet } from '../compare/sets.js';
import { storeComparison } from '../compare/store.js';
import { comparisonText } from './compare-table.js';

interface CompareFlags {
  with: string;
  replications: string;
  results: string;
  out?: string;
  json?: boolean;
}

export const compareCommand = (): Command =>
  new Command('compare')
    .description('Hold measured runs against what the simulation predicts for them, or against other runs.')
    .argument('<run>', 'a run’s folder, a folder of several runs (a sweep’s, an experiment’s), or latest')
    .option('--with <what>', 'sim (both models), or the other run or runs', 'sim')
    .option('--replications <number>', 'simulated runs per model and point', String(defaultReplications))
    .option('--results <folder>', 'where latest is looked for', 'results')
    .option('--out <folder>', 'where comparison.json and comparison.csv go (default: the run’s folder)')
    .option('--json', 'print comparison.json instead of a table')
    .addHelpText(
      'after',
      `
Examples:
  rsplab compare latest
  rsplab compare results/element-power-off --replications 400
  rsplab compare results/element-kill/RUN --with results/element-shutdown/RUN

Runs of the same plan are replications: together they show how much a run varies.
Exit codes: 0 the comparison was made, whatever it says; 2 bad input.`,
    )
    .action((named: string, flags: CompareFlags) => {
      const replications = replicationsFrom(flags.replications);
      const ours = loadRunSet(locate(named, flags.results));
      const theirs = flags.with === 'sim' ? null : loadRunSet(locate(flags.with, flags.results));
      const comparison = theirs ? compareSets(ours, theirs) : predictSet(ours, replications, tellReplication(ours));
      tell('');
      const path = storeComparison(flags.out ?? ours.folder, comparison, theirs?.folder ?? null);
      const text = flags.json
        ? JSON.stringify(comparison, null, 2)
        : `${comparisonText(comparison)}\n\nStored in ${path} and, as a table, .csv.`;
      process.stdout.write(`${text}\n`);
    });

function replicationsFrom(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 2) {
    throw badInput(`--replications: expected a whole number of at least 2, got '${text}'`);
  }
  return count;
}

/** Progress for who watches: one line that is written over. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

const tellReplication = (ours: RunSet) => (point: number, model: string, done: number) =>
  tell(`point ${point + 1} of ${ours.points.length}: ${model}, run ${done + 1}`);
