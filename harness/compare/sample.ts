/**
 * What one run says about each metric, by the rules of its summary: within the window, queuing delays are of requests
 * dequeued, startup delays of requests first accepted, the rest of requests completed. Beside the run's own number, its
 * observations in blocks that may be taken for independent: failovers of the same fault are not, nor are requests of
 * the same user, which wait for each other.
 *
 * Failovers of running requests and those of requests that nobody had accepted yet are classes of their own: the latter
 * are found out while connecting. Stages and the delay are of the former.
 */
import { meanCapacity, type Plan } from '../experiment/plan.js';
import { type FailoverRow, type RequestRow, type StageName, stageNames } from '../result/rows.js';
import type { Outcome } from '../run/outcome.js';
import { failoversInWindow } from '../run/summarise.js';
import { type Block, ratioEstimate } from '../stats/estimate.js';
import type { MetricName } from './comparison.js';
import type { LoadedRun } from './load.js';

export interface MetricSample {
  /** The run's own number; null when there was nothing to measure. */
  readonly value: number | null;
  /** Requests or failovers behind it; 0 for a number of the whole run. */
  readonly count: number;
  /** What the blocks are; null for a number of the whole run, which has none. */
  readonly unit: 'fault' | 'user' | null;
  /** Their ratio of totals is the value. */
  readonly blocks: readonly Block[];
  /** The single observations, by block. */
  readonly observations: readonly (readonly number[])[];
}

export interface RunSample {
  readonly metrics: Readonly<Record<MetricName, MetricSample>>;
  /** Failovers of running requests that resumed, all stages known: means in seconds. Null when there was none. */
  readonly resumed: (Readonly<Record<StageName, number>> & { readonly delay: number }) | null;
  readonly failovers: { readonly running: number; readonly starting: number; readonly open: number };
}

/** Runs of one plan: replications of each other. */
export interface MeasuredPoint {
  readonly point: Plan['point'];
  readonly margin: number;
  /** What the bootstrap's draws grow from. */
  readonly seed: number;
  readonly names: readonly string[];
  readonly samples: readonly RunSample[];
  /** The runs themselves, as many as there are samples; none where only a sweep's table tells of them. */
  readonly loaded: readonly LoadedRun[];
}

/** What measured runs are held against, under the name that it is shown by. */
export interface Candidate {
  readonly name: string;
  readonly kind: 'model' | 'runs';
  readonly runs: readonly RunSample[];
  readonly notRepresentable: string | null;
}

/** Replications of one plan, at least one, as one point. */
export function pointOf(runs: readonly LoadedRun[]): MeasuredPoint {
  const { plan } = runs[0]!;
  return {
    point: plan.point,
    margin: plan.margin,
    seed: plan.seed,
    names: runs.map(({ name }) => name),
    samples: runs.map((run) => sampleOf(run.plan, run.outcome)),
    loaded: runs,
  };
}

/** @param outcome of a lab or of the simulator */
export function sampleOf(plan: Plan, outcome: Outcome): RunSample {
  const { from, to } = outcome.window ?? { from: 0, to: 0 };
  const within = (time: number | null): boolean => time !== null && time >= from && time <= to;
  const failovers = failoversInWindow(outcome);
  const running = failovers.filter(({ phase }) => phase === 'running');
  const starting = failovers.filter(({ phase }) => phase === 'starting');
  return {
    metrics: {
      ...requestMetrics(outcome.requests, within, 100 / meanCapacity(plan)),
      utilisation: ofRun(outcome.utilisationPercent),
      failoverCount: ofRun(running.length),
      failoverDelay: meanOf(running, byFault, ({ delay }) => delay),
      detection: meanOf(running, byFault, ({ detection }) => detection),
      selection: meanOf(running, byFault, ({ selection }) => selection),
      connection: meanOf(running, byFault, ({ connection }) => connection),
      resumption: meanOf(running, byFault, ({ resumption }) => resumption),
      repeatedCalculations: meanOf(running, byFault, ({ repeatedCalculations }) => repeatedCalculations),
      startingFailoverDelay: meanOf(starting, byFault, ({ delay }) => delay),
    },
    resumed: resumedMeans(running),
    failovers: {
      running: running.length,
      starting: starting.length,
      open: failovers.filter(({ resumedAt }) => resumedAt === null).length,
    },
  };
}

function requestMetrics(
  requests: readonly RequestRow[],
  within: (time: number | null) => boolean,
  percentPerSpeed: number,
) {
  const completed = requests.filter(({ state, completedAt }) => state === 'completed' && within(completedAt));
  const dequeued = requests.filter(({ startedAt }) => within(startedAt));
  const accepted = requests.filter(({ acceptedAt }) => within(acceptedAt));
  const speed = ({ handlingSpeed }: RequestRow) => handlingSpeed && handlingSpeed * percentPerSpeed;
  return {
    queuing: meanOf(dequeued, byUser, ({ queuingDelay }) => queuingDelay),
    startup: meanOf(accepted, byUser, ({ startupDelay }) => startupDelay),
    processing: meanOf(completed, byUser, ({ processingTime }) => processingTime),
    handling: meanOf(completed, byUser, ({ handlingTime }) => handlingTime),
    handlingSpeed: totalSpeed(completed, percentPerSpeed),
    handlingSpeedPerRequest: meanOf(completed, byUser, speed),
  };
}

interface Blocking<Row> {
  readonly unit: 'fault' | 'user';
  readonly keyOf: (row: Row) => string;
}

const byUser: Blocking<RequestRow> = { unit: 'user', keyOf: ({ user }) => user };
/** A failover without a known fault goes with the others of its element. */
const byFault: Blocking<FailoverRow> = {
  unit: 'fault',
  keyOf: ({ faultId, oldElement }) => (faultId === null ? oldElement : `fault ${faultId}`),
};

function meanOf<Row>(rows: readonly Row[], blocking: Blocking<Row>, read: (row: Row) => number | null): MetricSample {
  const observed = rows.filter((row) => read(row) !== null);
  const observations = grouped(observed, blocking).map((block) => block.map((row) => read(row)!));
  const blocks = observations.map((values) => ({ numerator: sum(values), denominator: values.length }));
  return {
    value: ratioEstimate(blocks)?.value ?? null,
    count: observed.length,
    unit: blocking.unit,
    blocks,
    observations,
  };
}

/** Ratio of totals, in percent of the mean capacity (paper, section 3). */
function totalSpeed(completed: readonly RequestRow[], percentPerSpeed: number): MetricSample {
  const handled = completed.filter(({ size, handlingTime }) => size !== null && handlingTime !== null);
  const blocks = grouped(handled, byUser).map((rows) => ({
    numerator: percentPerSpeed * sum(rows.map(({ size }) => size!)),
    denominator: sum(rows.map(({ handlingTime }) => handlingTime!)),
  }));
  const value = ratioEstimate(blocks)?.value ?? null;
  return { value, count: handled.length, unit: 'user', blocks, observations: [] };
}

const ofRun = (value: number | null): MetricSample => ({ value, count: 0, unit: null, blocks: [], observations: [] });

function resumedMeans(running: readonly FailoverRow[]): RunSample['resumed'] {
  const whole = running.filter((row) => row.delay !== null && stageNames.every((name) => row[name] !== null));
  if (whole.length === 0) return null;
  const mean = (name: StageName | 'delay') => sum(whole.map((row) => row[name]!)) / whole.length;
  return {
    delay: mean('delay'),
    detection: mean('detection'),
    selection: mean('selection'),
    connection: mean('connection'),
    resumption: mean('resumption'),
  };
}

function grouped<Row>(rows: readonly Row[], { keyOf }: Blocking<Row>): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return [...groups.values()];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
