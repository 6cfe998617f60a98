import { Command } from 'commander';
import { badInput } from '../base/errors.js';
import { compareWithRuns, compareWithSimulation, defaultReplications } from '../compare/compare.js';
import type { Comparison, PointComparison } from '../compare/comparison.js';
import { locate } from '../compare/load.js';
import { alike, counterpart, loadRunSet, type RunSet } from '../compare/run-set.js';
import { storeComparison } from '../compare/store.js';
import { defaultConfidence } from '../stats/interval.js';
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
      const comparison = theirs ? compareSets(ours, theirs) : predictSet(ours, replications);
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

function predictSet(ours: RunSet, replications: number): Comparison {
  const distributions = ours.points.length === 1;
  const points = ours.points.map((point, index) =>
    compareWithSimulation(point, {
      replications,
      distributions,
      onReplication: (model, done) => tell(`point ${index + 1} of ${ours.points.length}: ${model}, run ${done + 1}`),
    }),
  );
  tell('');
  return comparisonOf(ours, 'sim', points);
}

/** Progress for who watches: one line that is written over. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function compareSets(...sets: [RunSet, RunSet]): Comparison {
  const [ours, theirs] = alike(...sets);
  const distributions = ours.points.length === 1;
  const alone: string[] = [];
  const points = ours.points.flatMap((point) => {
    const other = counterpart(point, ours, theirs);
    if (other) return [compareWithRuns(point, other, theirs.name, { distributions })];
    alone.push(JSON.stringify(point.point));
    return [];
  });
  if (points.length === 0) {
    throw badInput(`Expected ${ours.name} and ${theirs.name} to have a point in common, got none`);
  }
  const left = alone.length === 0 ? [] : [`Nothing to compare with in ${theirs.name}: ${alone.join(', ')}.`];
  return comparisonOf(ours, theirs.name, points, [...theirs.notes, ...left]);
}

function comparisonOf(ours: RunSet, other: string, points: PointComparison[], notes: string[] = []): Comparison {
  const [first, ...rest] = points;
  return {
    schemaVersion: 1,
    experiment: ours.experiment,
    measured: ours.name,
    with: other,
    confidence: defaultConfidence,
    points: [{ ...first!, notes: [...first!.notes, ...ours.notes, ...notes] }, ...rest],
  };
}
