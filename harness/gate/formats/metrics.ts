/** The new side's numbers for those who keep and draw them: GitLab, Bencher, github-action-benchmark. */
import type { MetricJudgement } from '../judgement.js';
import type { GatePointResult, GateResult } from '../result.js';
import { harmless, rounded, snakeCase } from './text.js';

const suffix = { seconds: '_seconds', percent: '_percent', count: '' } as const;

const measured = ({ metrics }: GatePointResult): MetricJudgement[] => metrics.filter((it) => it.new.mean !== null);

/** As in `failover_delay_mean_seconds`. */
const nameOf = ({ metric, unit }: MetricJudgement): string => snakeCase(metric) + suffix[unit];

/**
 * OpenMetrics text, as GitLab's metrics report takes it. GitLab compares values as strings, so they are rounded, and
 * what is the same stays the same.
 */
export function openMetrics({ points }: GateResult): string {
  const families = new Map<string, string[]>();
  for (const point of points) {
    for (const each of measured(point)) {
      const name = `rsplab_${nameOf(each)}`;
      const samples = families.get(name) ?? [];
      families.set(name, [...samples, `${name}{point="${label(point.name)}"} ${rounded(each.new.mean!)}`]);
    }
  }
  return [...[...families].flatMap(([name, samples]) => [`# TYPE ${name} gauge`, ...samples]), '# EOF', ''].join('\n');
}

const label = (text: string): string =>
  harmless(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** Bencher's metric format: `{ benchmark: { measure: { value, lower_value, upper_value } } }`. */
export function bencher({ points }: GateResult): string {
  const benchmarks = points.map((point) => [
    point.name,
    Object.fromEntries(
      measured(point).map((each) => {
        const { mean, low, high } = each.new;
        const bounds = low === null || high === null ? {} : { lower_value: rounded(low), upper_value: rounded(high) };
        return [nameOf(each), { value: rounded(mean!), ...bounds }];
      }),
    ),
  ]);
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`;
}

/**
 * What github-action-benchmark calls custom benchmarks. One file has either those of which smaller is better, or those
 * of which bigger is.
 */
export function actionBenchmark({ points }: GateResult, better: 'lower' | 'higher'): string {
  const entries = points.flatMap((point) =>
    measured(point)
      .filter((each) => each.better === better)
      .map((each) => {
        const { mean, low, high, runs } = each.new;
        const range = low === null || high === null ? {} : { range: `± ${rounded((high - low) / 2)}` };
        const unit = { seconds: 's', percent: '%', count: 'per run' }[each.unit];
        return { name: `${point.name}: ${each.label}`, unit, value: rounded(mean!), ...range, extra: `${runs} runs` };
      }),
  );
  return `${JSON.stringify(entries, null, 2)}\n`;
}
