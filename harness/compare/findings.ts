/** Says a comparison's differences in sentences, those of the failover by stage. */

import type { Contribution, MetricComparison, MetricDifference, PointComparison } from './comparison.js';
import { formatValue } from './format.js';

type Found = Pick<PointComparison, 'references' | 'metrics' | 'contributions'>;

/** For each reference: what agrees and what differs, and which stages a difference of the failover delay comes from. */
export function findingsOf({ references, metrics, contributions }: Found): string[] {
  return references.flatMap(({ name: reference, kind, notRepresentable }, index) => {
    if (notRepresentable !== null) return [];
    const name = kind === 'model' ? reference : 'the other side';
    const contribution = contributions.find((each) => each.reference === reference);
    return [
      tally(name, metrics, index),
      ...(contribution ? [explain(name, contribution, delayOf(metrics, index))] : []),
    ];
  });
}

function tally(name: string, metrics: readonly MetricComparison[], index: number): string {
  const having = (holds: (difference: MetricDifference) => boolean) =>
    metrics.flatMap(({ label, references }) => {
      const { difference } = references[index]!;
      return difference && holds(difference) ? [label.replace(/^– /, '')] : [];
    });
  const sorts = [
    ['agrees', having(({ outcome }) => outcome === 'agrees')],
    ['differs', having(({ outcome }) => outcome === 'differs')],
    ['off by more than chance, perhaps not by more than the margin', having(isOff)],
  ] as const;
  const said = sorts.filter(([, labels]) => labels.length > 0).map(([sort, labels]) => `${sort}: ${labels.join(', ')}`);
  const rest = having((difference) => difference.outcome === 'notEnoughData' && !isOff(difference)).length;
  if (rest > 0) said.push(`too little data for ${said.length > 0 ? 'the other ' : 'all '}${rest}`);
  return `Against ${name}: ${said.join('; ') || 'nothing to compare'}.`;
}

const isOff = ({ outcome, ...difference }: MetricDifference): boolean =>
  outcome === 'notEnoughData' && excludesZero(difference);

const excludesZero = ({ low, high }: Pick<MetricDifference, 'low' | 'high'>): boolean =>
  low !== null && high !== null && (low > 0 || high < 0);

/** Stages that add less than this to a difference are left out of its sentence. */
const worthSaying = 0.02;

const delayOf = (metrics: readonly MetricComparison[], index: number): MetricDifference | null =>
  metrics.find(({ metric }) => metric === 'failoverDelay')?.references[index]?.difference ?? null;

function explain(name: string, contribution: Contribution, delay: MetricDifference | null): string {
  const { measuredDelay, referenceDelay, difference, stages } = contribution;
  const chance = delay && !excludesZero(delay) ? ' The delay’s difference may be chance.' : '';
  const percent =
    referenceDelay === 0 ? '' : ` (${Number(((100 * Math.abs(difference)) / referenceDelay).toPrecision(2))} %)`;
  const moved = stages.reduce((sum, stage) => sum + Math.abs(stage.difference), 0);
  const parts = [...stages]
    .filter((stage) => Math.abs(stage.difference) > worthSaying * moved)
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
    .map((stage) => `${stage.stage} ${signed(stage.difference)}`);
  const size = formatValue(Math.abs(difference), 'seconds');
  const than = difference < 0 ? 'shorter' : 'longer';
  return (
    `A failover takes ${formatValue(measuredDelay, 'seconds')}, ${size}${percent} ${than} than ${name}’s ` +
    `${formatValue(referenceDelay, 'seconds')}: ${parts.join(', ')}.${chance}`
  );
}

const signed = (seconds: number): string => `${seconds < 0 ? '−' : '+'}${formatValue(Math.abs(seconds), 'seconds')}`;
