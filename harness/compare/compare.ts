/**
 * The door of this folder: holds one run, or several replications of one plan, against what the models predict or
 * against other runs.
 */
import { badInput } from '../base/errors.js';
import { randomFrom } from '../base/random.js';
import { type SimulationModel, simulationModels } from '../experiment/experiment.js';
import { ecdf } from '../stats/quantile.js';
import {
  type MetricComparison,
  type MetricDistribution,
  type MetricName,
  metricNames,
  type PointComparison,
} from './comparison.js';
import { contributionOf } from './contribution.js';
import { findingsOf } from './findings.js';
import { metrics } from './metrics.js';
import { notesOf } from './notes.js';
import { predict } from './predict.js';
import type { Candidate, MeasuredPoint, RunSample } from './sample.js';
import { Side, weigh } from './weigh.js';

export const defaultReplications = 100;

export interface CompareOptions {
  /** Simulated runs in all, per model. @defaultValue 100 */
  readonly replications?: number;
  /** Give the distributions' points too. @defaultValue true */
  readonly distributions?: boolean;
  readonly onReplication?: (model: SimulationModel, done: number) => void;
}

/**
 * Holds the runs of a point against both models' predictions from their own plan and faults.
 * @throws HarnessError `bad-input` when nothing but their numbers is left of the runs
 */
export function compareWithSimulation(measured: MeasuredPoint, options: CompareOptions = {}): PointComparison {
  const { replications = defaultReplications, onReplication } = options;
  if (measured.loaded.length === 0) {
    throw badInput('Expected runs with plan and journal to predict from, got tables only; compare them with a sweep');
  }
  const candidates = simulationModels.map((model): Candidate => {
    const prediction = predict(model, measured.loaded, { replications, ...(onReplication && { onReplication }) });
    return { name: model, kind: 'model', runs: prediction.runs, notRepresentable: prediction.notRepresentable };
  });
  return comparePoint(measured, candidates, options);
}

/**
 * Holds the runs of a point against other runs.
 * @param name what the other ones are called
 */
export function compareWithRuns(
  measured: MeasuredPoint,
  others: MeasuredPoint,
  name: string,
  options: CompareOptions = {},
): PointComparison {
  const candidate: Candidate = { name, kind: 'runs', runs: others.samples, notRepresentable: null };
  const comparison = comparePoint(measured, [candidate], options);
  return { ...comparison, notes: [...comparison.notes, ...unlike(measured, others)] };
}

/** Holds the runs of a point against whatever it is; all sides given. */
export function comparePoint(
  measured: MeasuredPoint,
  candidates: readonly Candidate[],
  { distributions = true }: Pick<CompareOptions, 'distributions'> = {},
): PointComparison {
  const { samples } = measured;
  const rows = metricNames
    .map((metric) => compareMetric(metric, measured, candidates))
    .filter((row) => row.measured !== null || row.references.some(({ estimate }) => estimate !== null));
  const point = {
    point: measured.point,
    runs: [...measured.names],
    margin: measured.margin,
    references: candidates.map(({ name, kind, runs: { length }, notRepresentable }) => ({
      name,
      kind,
      runs: length,
      notRepresentable,
    })),
    metrics: rows,
    contributions: candidates.flatMap(({ name, runs }) => contributionOf(name, samples, runs) ?? []),
    distributions: distributions ? rows.flatMap(({ metric }) => distributionOf(metric, samples, candidates)) : [],
  };
  return { ...point, findings: findingsOf(point), notes: notesOf(measured, candidates) };
}

function compareMetric(
  metric: MetricName,
  { samples, margin, seed }: MeasuredPoint,
  candidates: readonly Candidate[],
): MetricComparison {
  const random = randomFrom(seed, 'bootstrap', metric);
  const ours = new Side(samples, metric);
  return {
    metric,
    ...metrics[metric],
    measured: ours.estimate(random.fork('measured')),
    references: candidates.map(({ name, kind, runs }) => {
      const theirs = new Side(runs, metric);
      return { estimate: theirs.estimate(random.fork(name)), difference: weigh(ours, theirs, { margin, kind }) };
    }),
  };
}

/** More steps are not to be told from each other in a figure. */
const stepsMost = 200;

/** Nothing for a metric of whole runs, of which there are too few to be a distribution. */
function distributionOf(
  metric: MetricName,
  measured: readonly RunSample[],
  candidates: readonly Candidate[],
): MetricDistribution[] {
  const steps = (runs: readonly RunSample[]) =>
    ecdf(new Side(runs, metric).observations, stepsMost).map(({ x, p }) => ({ x: rounded(x), p: rounded(p) }));
  const distribution = { metric, measured: steps(measured), references: candidates.map(({ runs }) => steps(runs)) };
  return distribution.measured.length > 0 || distribution.references.some(({ length }) => length > 0)
    ? [distribution]
    : [];
}

/** Six digits: more than any figure shows, and half the file. */
const rounded = (value: number): number => Number(value.toPrecision(6));

/** What is not the same on both sides, so that nobody takes its effect for the subject's. */
function unlike(ours: MeasuredPoint, theirs: MeasuredPoint): string[] {
  const [[here], [there]] = [ours.loaded, theirs.loaded];
  if (!here || !there) return [];
  const parts = ['experiment', 'point', 'topology', 'hosts', 'phases', 'faults'] as const;
  const differing = parts.filter((part) => JSON.stringify(here.plan[part]) !== JSON.stringify(there.plan[part]));
  const names = Object.keys({ ...here.summary.versions, ...there.summary.versions });
  const sides = [
    ['subjects', here.summary.on, there.summary.on] as const,
    ...names.map((name) => [`versions of ${name}`, here.summary.versions[name], there.summary.versions[name]] as const),
  ];
  return [
    ...(differing.length > 0 ? [`The plans differ in ${differing.join(', ')}.`] : []),
    ...sides
      .filter(([, mine, other]) => mine !== other)
      .map(([what, mine, other]) => `The ${what} differ: ${mine ?? 'none'} here, ${other ?? 'none'} there.`),
  ];
}
