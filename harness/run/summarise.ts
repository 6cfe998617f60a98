/**
 * From rows to the numbers of `summary.json`, by RSPSIM's and the paper's rules: within the window, the queuing delay
 * is over requests dequeued, the startup delay over requests first accepted, processing and handling time over requests
 * completed; the handling speed is the ratio of totals (paper, section 3), not a mean of speeds.
 */
import { meanCapacity, type Plan } from '../experiment/plan.js';
import { summariseAttacks } from '../measure/attacks.js';
import { summariseWeb } from '../measure/web-summary.js';
import type { TakeoverRow } from '../result/registrars.js';
import type { FailoverRow, RequestRow } from '../result/rows.js';
import { type CheckResult, type Summary, summarySchema, type Verdict } from '../result/summary.js';
import { summariseDelays } from '../stats/delays.js';
import type { Outcome } from './outcome.js';
import { registrarNumbers } from './registrar-numbers.js';

export interface SummaryContext {
  readonly on: string;
  readonly clock: 'real' | 'virtual' | 'simulated';
  readonly versions: Readonly<Record<string, string | null>>;
  readonly replay: string;
}

/** All but the checks, which judge these very numbers. */
export type Numbers = Omit<Summary, 'checks' | 'verdict'>;

export function summarise(plan: Plan, outcome: Outcome, { on, clock, versions, replay }: SummaryContext): Numbers {
  const window = windowOf(outcome);
  const within = isWithin(window);
  const requests = requestsIn(outcome.requests, window, within);
  return {
    schemaVersion: 1,
    experiment: plan.experiment,
    on,
    clock,
    seed: plan.seed,
    point: plan.point,
    ...requestNumbers(plan, requests, within),
    utilisation: { percent: outcome.utilisationPercent },
    failovers: failoverNumbers(failoversInWindow(outcome)),
    ...registrarNumbers(plan, outcome, within),
    ...(outcome.holes && { holes: holeNumbers(outcome, requests, within) }),
    faults: outcome.faults,
    ...(outcome.attacks && { attacks: summariseAttacks(plan, outcome.attacks, withoutFault(outcome)) }),
    ...(outcome.web && { web: webNumbers(outcome.web.rows, outcome, window) }),
    reasons: [...outcome.reasons],
    ...(outcome.load && { load: outcome.load }),
    ...(outcome.machine && { machine: outcome.machine }),
    versions: { ...versions, kernel: outcome.kernel },
    replay,
  };
}

const webNumbers = (
  rows: NonNullable<Outcome['web']>['rows'],
  { faults }: Outcome,
  window: { from: number; to: number },
) =>
  summariseWeb(
    rows.filter(({ intendedAt }) => isWithin(window)(intendedAt)),
    faults,
    window,
  );

/** Faults on registrars that struck within the window. */
export function takeoversInWindow(outcome: Outcome): TakeoverRow[] {
  const within = isWithin(windowOf(outcome));
  return (outcome.registrars?.takeovers ?? []).filter(({ faultAt }) => within(faultAt));
}

/**
 * Failovers whose fault struck within the window (or whose element was given up there, where no fault is known),
 * without those of which it is not certain that they were.
 */
export function failoversInWindow(outcome: Outcome): FailoverRow[] {
  const within = isWithin(windowOf(outcome));
  return outcome.failovers.filter((row) => within(row.faultAt ?? row.detectedAt) && !isDoubtful(row));
}

/** Holes hide whether it happened, or whether it ended. */
const isDoubtful = ({ uncertain, resumedAt }: FailoverRow): boolean => uncertain != null && resumedAt === null;

/** Requests that were in the system at some time of the window. */
export const requestsInWindow = (outcome: Pick<Outcome, 'requests' | 'window'>): RequestRow[] => {
  const window = outcome.window ?? { from: 0, to: 0 };
  return requestsIn(outcome.requests, window, isWithin(window));
};

function holeNumbers(
  { holes, failovers }: Outcome,
  requests: readonly RequestRow[],
  within: (time: number | null) => boolean,
): NonNullable<Summary['holes']> {
  const { sentences, silentSeconds } = holes!;
  // Of most of them not even the time is known.
  const doubtful = failovers.filter((row) => {
    const at = row.faultAt ?? row.detectedAt;
    return isDoubtful(row) && (at === null || within(at));
  });
  return {
    sentences: [...sentences],
    requests: requests.filter(({ uncertain }) => uncertain != null).length,
    failovers: doubtful.length,
    silentSeconds,
  };
}

const withoutFault = (outcome: Outcome): number =>
  failoversInWindow(outcome).filter(({ faultId }) => faultId === null).length;

const windowOf = ({ window }: Outcome) => window ?? { from: 0, to: 0 };

const isWithin =
  ({ from, to }: { from: number; to: number }) =>
  (time: number | null): boolean =>
    time !== null && time >= from && time <= to;

/** @throws when the numbers are not what the public format says, which is a programmer's error */
export const complete = (numbers: Numbers, checks: readonly CheckResult[]): Summary =>
  summarySchema.parse({ ...numbers, checks, verdict: verdictOf(numbers, checks) });

/** A broken lab makes everything unknown; a failed check weighs more than one of which nothing is known. */
function verdictOf({ reasons }: Numbers, checks: readonly CheckResult[]): Verdict {
  const has = (verdict: Verdict) => checks.some((check) => check.verdict === verdict);
  if (reasons.length > 0) return 'unknown';
  if (has('fail')) return 'fail';
  return has('unknown') ? 'unknown' : 'pass';
}

/** Requests that were in the system at some time of the window. */
function requestsIn(
  rows: readonly RequestRow[],
  { from, to }: { from: number; to: number },
  within: (time: number | null) => boolean,
): RequestRow[] {
  return rows.filter((row) => {
    const entered = row.queuedAt ?? row.startedAt ?? row.acceptedAt ?? row.completedAt;
    // When it entered is not known, only that it never left.
    if (entered === null) return row.uncertain != null && to > from;
    if (entered > to) return false;
    return row.completedAt === null ? to > from : within(row.completedAt) || row.completedAt > to;
  });
}

function requestNumbers(plan: Plan, rows: readonly RequestRow[], within: (time: number | null) => boolean) {
  const completed = rows.filter(({ state, completedAt }) => state === 'completed' && within(completedAt));
  const lost = rows.filter(({ state }) => state === 'lost');
  const unknown = rows.filter(({ state }) => state === 'unknown').length;
  const spans = (
    of: readonly RequestRow[],
    name: 'queuingDelay' | 'startupDelay' | 'processingTime' | 'handlingTime',
  ) => summariseDelays(of.flatMap((row) => row[name] ?? []));
  const handled = completed.filter(({ size, handlingTime }) => size !== null && handlingTime !== null);
  const total = (name: 'size' | 'handlingTime') => handled.reduce((sum, row) => sum + row[name]!, 0);
  const speed = handled.length === 0 ? null : total('size') / total('handlingTime');
  return {
    requests: {
      queued: rows.length,
      completed: completed.length,
      lost: lost.length,
      open: rows.length - completed.length - lost.length - unknown,
      ...(unknown > 0 && { unknown }),
    },
    handlingSpeed: {
      calculationsPerSecond: speed,
      percentOfCapacity: speed === null ? null : (100 * speed) / meanCapacity(plan),
    },
    delays: {
      queuing: spans(
        rows.filter(({ startedAt }) => within(startedAt)),
        'queuingDelay',
      ),
      startup: spans(
        rows.filter(({ acceptedAt }) => within(acceptedAt)),
        'startupDelay',
      ),
      processing: spans(completed, 'processingTime'),
      handling: spans(completed, 'handlingTime'),
    },
  };
}

function failoverNumbers(rows: readonly FailoverRow[]): Summary['failovers'] {
  const spans = (name: 'delay' | 'detection' | 'selection' | 'connection' | 'resumption') =>
    summariseDelays(rows.flatMap((row) => row[name] ?? []));
  return {
    count: rows.length,
    open: rows.filter(({ resumedAt }) => resumedAt === null).length,
    delay: spans('delay'),
    stages: {
      detection: spans('detection'),
      selection: spans('selection'),
      connection: spans('connection'),
      resumption: spans('resumption'),
    },
  };
}
