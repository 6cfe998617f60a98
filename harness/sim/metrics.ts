/**
 * What a simulated run says in numbers, counted in its window (measurement and drain) as RSPSIM counts it: counters
 * start from zero there while the system goes on as it is.
 */
export interface Metrics {
  /** Work done, repeated work included, over up-time × capacity, of all elements together. */
  utilisationPercent: number;
  /** Unweighted mean of the elements' own utilisations. */
  averageUtilisationPercent: number;
  /** Completed calculations over the handling times of the completed requests, in percent of the mean capacity. */
  handlingSpeedPercent: number;
  /** The same in calculations per second. */
  calculationsPerSecond: number;
  /** Completed calculations over processing times, in percent of the mean capacity. */
  processingSpeedPercent: number;
  /** Means in seconds: over requests dequeued, first accepted, and completed in the window; null without any. */
  queuingDelay: number | null;
  startupDelay: number | null;
  processingTime: number | null;
  handlingTime: number | null;
  requestsQueued: number;
  requestsCompleted: number;
  /** Requests that wait in their users' queues when the run ends. */
  endQueueLength: number;
  /** Requests that had been accepted and had to look for another element: keep-alive timeout, abort. */
  failovers: number;
  /** Elements found dead by a user: request timeouts and session keep-alive timeouts. */
  unreachables: number;
  /** Handle resolutions. */
  serverSelections: number;
  cookies: number;
  registrations: number;
  endpointKeepAliveTimeouts: number;
  /** Calculations credited: at each cookie received, and the rest at completion. */
  jobSizeCompleted: number;
  /** Calculations performed by the elements, repeated ones included. */
  usedCapacity: number;
  /** Events of the simulation, of the whole run. */
  events: number;
}

/** Counts and sums of a window that begins at one time and ends at another, in seconds since the run began. */
export class Counters {
  queuing = new Mean();
  startup = new Mean();
  processing = new Mean();
  handling = new Mean();
  requestsQueued = 0;
  failovers = 0;
  unreachables = 0;
  serverSelections = 0;
  cookies = 0;
  registrations = 0;
  endpointKeepAliveTimeouts = 0;
  jobSizeCompleted = 0;

  constructor(
    readonly from: number,
    readonly to: number,
  ) {}

  /** Whether something at this time counts: what is known ahead of its time is held against the window by this. */
  covers(time: number): boolean {
    return time > this.from && time <= this.to;
  }

  /** Forgets what was counted before the window. Means are fed by {@link covers} and know nothing of that time. */
  reset(): void {
    this.failovers = 0;
    this.unreachables = 0;
    this.serverSelections = 0;
    this.cookies = 0;
    this.registrations = 0;
    this.endpointKeepAliveTimeouts = 0;
  }
}

/** A sum with the number of its summands. */
export class Mean {
  sum = 0;
  count = 0;

  add(value: number): void {
    this.sum += value;
    this.count++;
  }

  get value(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }
}

/** What the elements have done in the window: calculations performed and seconds up, one of each per element. */
export interface ElementWork {
  readonly capacities: readonly number[];
  readonly calculations: readonly number[];
  readonly upSeconds: readonly number[];
}

/** Turns the counts of a window into its metrics (RSPSIM's definitions). */
export function metricsOf(
  counters: Counters,
  { capacities, calculations, upSeconds }: ElementWork,
  { endQueueLength, events }: { endQueueLength: number; events: number },
): Metrics {
  const usedCapacity = total(calculations);
  const offered = upSeconds.map((up, index) => up * capacities[index]!);
  const utilisations = calculations.map((done, index) => (offered[index]! > 0 ? done / offered[index]! : 0));
  const meanCapacity = total(capacities) / capacities.length;
  const { jobSizeCompleted, handling, processing } = counters;
  const speed = handling.sum > 0 ? jobSizeCompleted / handling.sum : 0;
  const processingSpeed = processing.sum > 0 ? jobSizeCompleted / processing.sum : 0;
  return {
    utilisationPercent: total(offered) > 0 ? (100 * usedCapacity) / total(offered) : 0,
    averageUtilisationPercent: (100 * total(utilisations)) / utilisations.length,
    handlingSpeedPercent: (100 * speed) / meanCapacity,
    calculationsPerSecond: speed,
    processingSpeedPercent: (100 * processingSpeed) / meanCapacity,
    queuingDelay: counters.queuing.value,
    startupDelay: counters.startup.value,
    processingTime: processing.value,
    handlingTime: handling.value,
    requestsQueued: counters.requestsQueued,
    requestsCompleted: handling.count,
    endQueueLength,
    failovers: counters.failovers,
    unreachables: counters.unreachables,
    serverSelections: counters.serverSelections,
    cookies: counters.cookies,
    registrations: counters.registrations,
    endpointKeepAliveTimeouts: counters.endpointKeepAliveTimeouts,
    jobSizeCompleted,
    usedCapacity,
    events,
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
