/** What a sweep's tables say of each run: plain names that end in their unit, as R and pandas take them. */
import type { FailoverRow } from '../result/rows.js';
import type { DelaySummary, Summary } from '../result/summary.js';
import type { Metrics } from '../sim/metrics.js';

/** Values by column; null where a run has nothing to say, e.g. the delay of no failovers. */
export type Values = Readonly<Record<string, number | null>>;

/** All columns there are, in the tables' order; a table has those of which some run says something. */
export const metricColumns = [
  'utilisation_percent',
  'handling_speed_percent',
  'handling_speed_calculations_per_s',
  'average_utilisation_percent',
  'processing_speed_percent',
  'queuing_delay_s',
  'startup_delay_s',
  'processing_time_s',
  'handling_time_s',
  'handling_time_p50_s',
  'handling_time_p95_s',
  'handling_time_p99_s',
  'requests_queued',
  'requests_completed',
  'requests_lost',
  'requests_open',
  'end_queue_length',
  'failovers',
  'failovers_open',
  'failover_delay_s',
  'failover_delay_p50_s',
  'failover_delay_p95_s',
  'failover_delay_p99_s',
  'failover_delay_max_s',
  'detection_s',
  'selection_s',
  'connection_s',
  'resumption_s',
  'repeated_calculations',
  'faults',
  'unreachables',
  'server_selections',
  'cookies',
  'registrations',
  'endpoint_keep_alive_timeouts',
  'completed_calculations',
  'performed_calculations',
  'events',
] as const;
type Column = (typeof metricColumns)[number];

type SummarisedRun = Pick<Summary, 'requests' | 'handlingSpeed' | 'utilisation' | 'delays' | 'failovers' | 'faults'>;

/** What the simulator counts. */
export function valuesOfMetrics(metrics: Metrics): Values {
  return {
    utilisation_percent: metrics.utilisationPercent,
    handling_speed_percent: metrics.handlingSpeedPercent,
    handling_speed_calculations_per_s: metrics.calculationsPerSecond,
    average_utilisation_percent: metrics.averageUtilisationPercent,
    processing_speed_percent: metrics.processingSpeedPercent,
    queuing_delay_s: metrics.queuingDelay,
    startup_delay_s: metrics.startupDelay,
    processing_time_s: metrics.processingTime,
    handling_time_s: metrics.handlingTime,
    requests_queued: metrics.requestsQueued,
    requests_completed: metrics.requestsCompleted,
    end_queue_length: metrics.endQueueLength,
    failovers: metrics.failovers,
    unreachables: metrics.unreachables,
    server_selections: metrics.serverSelections,
    cookies: metrics.cookies,
    registrations: metrics.registrations,
    endpoint_keep_alive_timeouts: metrics.endpointKeepAliveTimeouts,
    completed_calculations: metrics.jobSizeCompleted,
    performed_calculations: metrics.usedCapacity,
    events: metrics.events,
  } satisfies Partial<Record<Column, number | null>>;
}

/**
 * What a finished run says: its summary, and the work that its failovers repeated, as a mean over those of which it is
 * known.
 */
export const valuesOfRun = (summary: SummarisedRun, failovers: readonly FailoverRow[]): Values => ({
  ...valuesOfSummary(summary),
  repeated_calculations: repeatedBy(failovers),
});

function repeatedBy(failovers: readonly FailoverRow[]): number | null {
  const known = failovers.flatMap(({ repeatedCalculations }) => repeatedCalculations ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** What every subject measures; delays without further words are means over a run's requests or failovers. */
export function valuesOfSummary({
  requests,
  handlingSpeed,
  utilisation,
  delays,
  failovers,
  faults,
}: SummarisedRun): Values {
  const { stages } = failovers;
  return {
    utilisation_percent: utilisation.percent,
    handling_speed_percent: handlingSpeed.percentOfCapacity,
    handling_speed_calculations_per_s: handlingSpeed.calculationsPerSecond,
    queuing_delay_s: delays.queuing.mean,
    startup_delay_s: delays.startup.mean,
    processing_time_s: delays.processing.mean,
    ...spread('handling_time', delays.handling),
    requests_queued: requests.queued,
    requests_completed: requests.completed,
    requests_lost: requests.lost,
    requests_open: requests.open,
    failovers: failovers.count,
    failovers_open: failovers.open,
    ...spread('failover_delay', failovers.delay),
    failover_delay_max_s: failovers.delay.max,
    detection_s: stages.detection.mean,
    selection_s: stages.selection.mean,
    connection_s: stages.connection.mean,
    resumption_s: stages.resumption.mean,
    faults: faults.length,
  } satisfies Partial<Record<Column, number | null>>;
}

const spread = <N extends string>(name: N, { mean, p50, p95, p99 }: DelaySummary) =>
  ({
    [`${name}_s`]: mean,
    [`${name}_p50_s`]: p50,
    [`${name}_p95_s`]: p95,
    [`${name}_p99_s`]: p99,
  }) as Record<`${N}_s` | `${N}_${'p50' | 'p95' | 'p99'}_s`, number | null>;
