/** The metrics that are compared, in the order in which they are shown. */
import type { MetricName } from './comparison.js';

export interface MetricMeaning {
  readonly label: string;
  readonly unit: 'seconds' | 'percent' | 'calculations' | 'count';
}

export const metrics: Readonly<Record<MetricName, MetricMeaning>> = {
  queuing: { label: 'queuing delay', unit: 'seconds' },
  startup: { label: 'startup delay', unit: 'seconds' },
  processing: { label: 'processing time', unit: 'seconds' },
  handling: { label: 'handling time', unit: 'seconds' },
  handlingSpeed: { label: 'handling speed (totals)', unit: 'percent' },
  handlingSpeedPerRequest: { label: 'handling speed (per request)', unit: 'percent' },
  utilisation: { label: 'utilisation', unit: 'percent' },
  failoverCount: { label: 'failovers per run', unit: 'count' },
  failoverDelay: { label: 'failover delay', unit: 'seconds' },
  detection: { label: '– detection', unit: 'seconds' },
  selection: { label: '– selection', unit: 'seconds' },
  connection: { label: '– connection', unit: 'seconds' },
  resumption: { label: '– resumption', unit: 'seconds' },
  repeatedCalculations: { label: 'repeated calculations', unit: 'calculations' },
  startingFailoverDelay: { label: 'failover delay (starting)', unit: 'seconds' },
};
