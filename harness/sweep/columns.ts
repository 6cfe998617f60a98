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
  'failovers_by_cookie',
  'faults',
  'unreachables',
  'server_selections',
  'cookies',
  'registrations',
  'endpoint_keep_alive_timeouts',
  'completed_calculations',
  'performed_calculations',
  'events',
  'registrar_missed_s',
  'registrar_taken_over_s',
  'registrars_taken_over',
  'elements_rehomed_s',
  'elements_rehomed',
  'elements_not_rehomed',
  'resolutions_in_outage',
  'resolutions_in_outage_answered',
  'resolution_in_outage_s',
  'resolution_in_outage_max_s',
  'path_failover_s',
  'path_failovers',
  'sessions_on_cut_path',
  'sessions_given_up',
  'elements_removed_by_reports',
  'fakes_removed_by_reports',
  'reports_refused',
  'resolutions_refused',
  'failovers_without_fault',
  'fails_no_request_lost',
  'fails_no_duplicate_completion',
  'fails_repeated_work',
  'fails_no_dead_element_selected',
  'fails_registrars_agree',
  'fails_pool_at_full_strength',
] as const;
type Column = (typeof metricColumns)[number];

type SummarisedRun = Pick<
  Summary,
  'requests' | 'handlingSpeed' | 'utilisation' | 'delays' | 'failovers' | 'faults' | 'checks' | 'registrars' | 'attacks'
>;

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
  failovers_by_cookie: byCookie(failovers),
  ...valuesOfRegistrars(summary),
  ...valuesOfAttacks(summary),
  ...failedChecks(summary),
});

function valuesOfRegistrars({ registrars }: SummarisedRun): Values {
  if (!registrars) return {};
  const { takeovers, rehomings, resolutions } = registrars;
  return {
    registrar_missed_s: takeovers.detection.mean,
    registrar_taken_over_s: takeovers.takeover.mean,
    registrars_taken_over: takeovers.takeover.count,
    elements_rehomed_s: rehomings.delay.mean,
    elements_rehomed: rehomings.count - rehomings.open,
    elements_not_rehomed: rehomings.open,
    resolutions_in_outage: resolutions.outage.count,
    resolutions_in_outage_answered: resolutions.outage.answered,
    resolution_in_outage_s: resolutions.outage.delay.mean,
    resolution_in_outage_max_s: resolutions.outage.delay.max,
  } satisfies Partial<Record<Column, number | null>>;
}

function valuesOfAttacks({ attacks }: SummarisedRun): Values {
  if (!attacks) return {};
  return {
    elements_removed_by_reports: attacks.elementsRemoved,
    fakes_removed_by_reports: attacks.fakesRemoved,
    reports_refused: attacks.reportsRefused,
    resolutions_refused: attacks.resolutionsRefused,
    failovers_without_fault: attacks.failoversWithoutFault,
  } satisfies Partial<Record<Column, number | null>>;
}

/** 1 for a check that failed, 0 for one that passed. */
function failedChecks({ checks }: SummarisedRun): Values {
  const column = (name: string) => `fails_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  const judged = checks.filter(({ verdict }) => verdict !== 'unknown');
  return Object.fromEntries(judged.map(({ name, verdict }) => [column(name), verdict === 'fail' ? 1 : 0]));
}

function repeatedBy(failovers: readonly FailoverRow[]): number | null {
  const known = failovers.flatMap(({ repeatedCalculations }) => repeatedCalculations ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function byCookie(failovers: readonly FailoverRow[]): number | null {
  const known = failovers.flatMap(({ resumedBy }) => resumedBy ?? []);
  return known.length === 0 ? null : known.filter((by) => by === 'cookie').length;
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
