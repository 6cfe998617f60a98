/** A comparison as lines: each metric against each reference that could predict it. */
import type {
  EquivalenceOutcome,
  MetricComparison,
  MetricDifference,
  MetricEstimate,
  PointComparison,
} from '../../harness/compare/comparison.js';

export const outcomeWords: Readonly<Record<EquivalenceOutcome, string>> = {
  agrees: 'agrees',
  differs: 'differs',
  notEnoughData: 'not enough data',
};

export interface Line {
  readonly metric: MetricComparison;
  readonly reference: string;
  readonly estimate: MetricEstimate | null;
  readonly difference: MetricDifference | null;
}

export const linesOf = ({ metrics, references }: PointComparison): Line[] =>
  metrics.flatMap((metric) => {
    const lines = references.flatMap(({ name, notRepresentable }, index): Line[] =>
      notRepresentable === null ? [{ metric, reference: name, ...metric.references[index]! }] : [],
    );
    return lines.length > 0 ? lines : [{ metric, reference: '', estimate: null, difference: null }];
  });
