/** Sets of runs against the simulation, or against other sets: what `rsplab compare` stores. */
import { badInput } from '../base/errors.js';
import { defaultConfidence } from '../stats/interval.js';
import { compareWithRuns, compareWithSimulation } from './compare.js';
import type { Comparison, PointComparison } from './comparison.js';
import { alike, counterpart, type RunSet } from './run-set.js';

/**
 * Holds every point of the runs against what both models predict for it.
 * @param replications simulated runs per model and point
 * @param onReplication told before each, with the point's place
 */
export function predictSet(
  ours: RunSet,
  replications: number,
  onReplication: (point: number, model: string, done: number) => void = () => {},
): Comparison {
  const distributions = ours.points.length === 1;
  const points = ours.points.map((point, index) =>
    compareWithSimulation(point, {
      replications,
      distributions,
      onReplication: (model, done) => onReplication(index, model, done),
    }),
  );
  return comparisonOf(ours, 'sim', points);
}

/**
 * Holds one set of runs against another, point by point.
 * @throws HarnessError `bad-input` when they have no point in common
 */
export function compareSets(...sets: [RunSet, RunSet]): Comparison {
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
