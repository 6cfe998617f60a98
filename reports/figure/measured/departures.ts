/** Where theory and reality part: each metric of a figure, as both models predict it and as it was measured. */
import { meanEstimate } from '../../../harness/stats/estimate.js';
import { type Interval, intervalOf } from '../../../harness/stats/interval.js';
import type { RunsAt } from './prediction.js';
import { runsAt } from './prediction.js';

export interface DepartureMetric {
  /** Column of the tables of runs. */
  readonly column: string;
  readonly label: string;
  readonly unit: string;
}

export const departureMetrics: readonly DepartureMetric[] = [
  { column: 'utilisation_percent', label: 'utilisation', unit: '%' },
  { column: 'handling_speed_percent', label: 'handling speed', unit: '%' },
  { column: 'startup_delay_s', label: 'startup delay', unit: 's' },
  { column: 'failover_delay_s', label: 'failover delay', unit: 's' },
  { column: 'detection_s', label: '– detection', unit: 's' },
  { column: 'selection_s', label: '– selection', unit: 's' },
  { column: 'connection_s', label: '– connection', unit: 's' },
  { column: 'resumption_s', label: '– resumption', unit: 's' },
  { column: 'repeated_calculations', label: 'repeated work per failover', unit: 'calculations' },
  { column: 'registrar_taken_over_s', label: 'takeover of a registrar', unit: 's' },
  { column: 'elements_rehomed_s', label: 're-homing of an element', unit: 's' },
  { column: 'resolution_in_outage_s', label: 'handle resolution meanwhile', unit: 's' },
];

export const departureVerdicts = ['within 5 %', 'within 10 %', 'different', 'cannot say'] as const;
export type DepartureVerdict = (typeof departureVerdicts)[number];

/** Of one metric against one model. */
export interface Departure {
  readonly predicted: number | null;
  /** Measured − predicted, in percent of what is predicted. */
  readonly percent: number | null;
  /** 95 %. */
  readonly interval: Interval | null;
  readonly verdict: DepartureVerdict;
}

export interface DepartureRow {
  readonly metric: DepartureMetric;
  /** Mean over the points that say something. */
  readonly measured: number | null;
  /** Measured runs behind it. */
  readonly runs: number;
  readonly against: Readonly<Record<string, Departure>>;
}

/**
 * All measured runs are independent, so each one's distance from its own point's prediction is one observation; their
 * mean is held against Student's t. Points differ in spread, which makes the interval wider than it has to be.
 * @param predicted by model: so many runs that their own uncertainty does not count
 */
export function departuresOf(
  measured: readonly RunsAt[],
  predicted: Readonly<Record<string, readonly RunsAt[]>>,
  metrics: readonly DepartureMetric[] = departureMetrics,
): DepartureRow[] {
  return metrics.map((metric) => {
    const { column } = metric;
    const valuesAt = ({ runs }: Pick<RunsAt, 'runs'>) => runs.flatMap((values) => values[column] ?? []);
    const all = measured.flatMap(valuesAt);
    const against = Object.entries(predicted).map(([model, there]) => {
      const pairs = measured.flatMap(({ point, runs }) => {
        const prediction = meanEstimate(valuesAt({ runs: runsAt(there, point) }))?.value;
        return prediction === undefined ? [] : valuesAt({ runs }).map((value) => ({ value, prediction }));
      });
      return [model, departure(pairs)] as const;
    });
    return {
      metric,
      measured: meanEstimate(all)?.value ?? null,
      runs: all.length,
      against: Object.fromEntries(against),
    };
  });
}

function departure(pairs: readonly { readonly value: number; readonly prediction: number }[]): Departure {
  const predicted = meanEstimate(pairs.map(({ prediction }) => prediction))?.value ?? null;
  const distance = meanEstimate(pairs.map(({ value, prediction }) => value - prediction));
  const interval = distance && intervalOf(distance);
  if (!predicted || !distance || !interval) return { predicted, percent: null, interval: null, verdict: 'cannot say' };
  const percentOf = (value: number) => (100 * value) / predicted;
  const relative = { low: percentOf(interval.low), high: percentOf(interval.high) };
  return { predicted, percent: percentOf(distance.value), interval: relative, verdict: verdictOf(relative) };
}

/** Equivalent where the whole interval says so; different where it leaves out no difference at all. */
export function verdictOf({ low, high }: Interval): DepartureVerdict {
  const widest = Math.max(Math.abs(low), Math.abs(high));
  if (widest <= 5) return 'within 5 %';
  if (widest <= 10) return 'within 10 %';
  return low > 0 || high < 0 ? 'different' : 'cannot say';
}
