/** What the gate judges: the meaning of each metric, which way is better, and how much worse it may get by default. */
import {
  delayFamilies,
  delayStatistics,
  type GateMetricName,
  gateMetricNames,
  type LimitName,
} from '../experiment/gate.js';

export type GateUnit = 'seconds' | 'percent' | 'count';

export interface GateMetric {
  readonly label: string;
  readonly unit: GateUnit;
  readonly better: 'lower' | 'higher';
  /** `ratio`: by the logarithm of old and new; `difference`: where zero is a possible value. */
  readonly scale: 'ratio' | 'difference';
  /** As a fraction of the old value. */
  readonly limit: number;
  /** In the metric's own unit: what is less than this matters to nobody. */
  readonly atLeast: number;
}

const statistics = {
  mean: { word: 'mean', limit: 0.1 },
  p95: { word: '95 % quantile', limit: 0.15 },
  max: { word: 'maximum', limit: 0.25 },
} as const;

const delayLabels: Readonly<Record<(typeof delayFamilies)[number], string>> = {
  failoverDelay: 'failover delay',
  detection: 'detection',
  selection: 'selection',
  connection: 'connection',
  resumption: 'resumption',
};

const delayMetrics = Object.fromEntries(
  delayFamilies.flatMap((family) =>
    delayStatistics.map((statistic): [string, GateMetric] => [
      `${family}.${statistic}`,
      {
        label: `${delayLabels[family]}, ${statistics[statistic].word}`,
        ...{ unit: 'seconds', better: 'lower', scale: 'ratio' },
        ...{ limit: statistics[statistic].limit, atLeast: 0.002 },
      },
    ]),
  ),
) as Record<Extract<GateMetricName, `${string}.${string}`>, GateMetric>;

export const gateMetrics: Readonly<Record<GateMetricName, GateMetric>> = {
  ...delayMetrics,
  handlingSpeed: {
    label: 'handling speed',
    ...{ unit: 'percent', better: 'higher', scale: 'ratio', limit: 0.1, atLeast: 0 },
  },
  handlingTime: {
    label: 'handling time, mean',
    ...{ unit: 'seconds', better: 'lower', scale: 'ratio', limit: 0.1, atLeast: 0.002 },
  },
  utilisation: {
    label: 'utilisation',
    ...{ unit: 'percent', better: 'lower', scale: 'ratio', limit: 0.1, atLeast: 0 },
  },
  requestsLost: {
    label: 'requests lost',
    ...{ unit: 'percent', better: 'lower', scale: 'difference', limit: 0, atLeast: 1 },
  },
  repeatedWork: {
    label: 'repeated work per failover',
    ...{ unit: 'seconds', better: 'lower', scale: 'difference', limit: 0.2, atLeast: 0.05 },
  },
  failovers: {
    label: 'failovers per run',
    ...{ unit: 'count', better: 'lower', scale: 'difference', limit: 0.25, atLeast: 0.5 },
  },
  takeover: {
    label: 'takeover by another registrar',
    ...{ unit: 'seconds', better: 'lower', scale: 'ratio', limit: 0.15, atLeast: 0.01 },
  },
  rehoming: {
    label: 'elements at another registrar',
    ...{ unit: 'seconds', better: 'lower', scale: 'ratio', limit: 0.15, atLeast: 0.01 },
  },
};

/** The limit that somebody set for this metric or for its family; undefined where nobody did. */
export function limitSetFor(
  metric: GateMetricName,
  limits: Readonly<Partial<Record<LimitName, number>>>,
): number | undefined {
  const family = metric.split('.')[0] as LimitName;
  return limits[metric] ?? limits[family];
}

export const isGateMetric = (name: string): name is GateMetricName =>
  (gateMetricNames as readonly string[]).includes(name);
