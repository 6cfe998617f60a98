/** What one run is to the gate: one value per metric, whatever happened within it. The run is the unit of analysis. */
import { z } from 'zod';
import { type GateMetricName, gateMetricNames } from '../experiment/gate.js';
import { meanCapacity, type Plan } from '../experiment/plan.js';
import type { FailoverRow } from '../result/rows.js';
import { type DelaySummary, type Summary, verdicts } from '../result/summary.js';

const value = z.number().nullable();

export const gateSampleSchema = z.object({
  seed: z.int(),
  /** Of all that can change a result; equal ones on a deterministic subject mean equal results. */
  fingerprint: z.string(),
  /** Null where the run has nothing to say, e.g. the delay of no failovers. */
  values: z.object(
    Object.fromEntries(gateMetricNames.map((name) => [name, value])) as Record<GateMetricName, typeof value>,
  ),
  /** Those of a name that comes again are numbered. */
  checks: z.array(z.object({ name: z.string(), verdict: z.enum(verdicts), detail: z.string() })),
  /** Where the run is, from the gate's folder. */
  folder: z.string(),
  replay: z.string(),
  /** How long the run took, by the clock on the wall. */
  seconds: z.number(),
});
export type GateSample = z.infer<typeof gateSampleSchema>;

export type GateValues = GateSample['values'];

/** What is read of a run: its summary, and of its failovers the work that they repeated. */
export interface RunNumbers {
  readonly summary: Pick<
    Summary,
    'failovers' | 'handlingSpeed' | 'delays' | 'utilisation' | 'requests' | 'registrars' | 'checks' | 'seed'
  >;
  readonly failovers: readonly Pick<FailoverRow, 'repeatedCalculations'>[];
}

/** One value per metric, in SI units, percent where {@link gateMetricNames} are percentages. */
export function valuesOf(plan: Plan, { summary, failovers }: RunNumbers): GateValues {
  const { delay, stages, count } = summary.failovers;
  const { queued, lost } = summary.requests;
  const values: Record<GateMetricName, number | null> = {
    ...spread('failoverDelay', delay),
    ...spread('detection', stages.detection),
    ...spread('selection', stages.selection),
    ...spread('connection', stages.connection),
    ...spread('resumption', stages.resumption),
    handlingSpeed: summary.handlingSpeed.percentOfCapacity,
    handlingTime: summary.delays.handling.mean,
    utilisation: summary.utilisation.percent,
    requestsLost: queued === 0 ? null : (100 * lost) / queued,
    repeatedWork: repeatedSeconds(plan, failovers),
    failovers: count,
    takeover: summary.registrars?.takeovers.takeover.mean ?? null,
    rehoming: summary.registrars?.rehomings.delay.mean ?? null,
  };
  return Object.fromEntries(Object.entries(values).map(([name, each]) => [name, rounded(each)])) as GateValues;
}

const spread = <F extends string>(family: F, { mean, p95, max }: DelaySummary) =>
  ({ [`${family}.mean`]: mean, [`${family}.p95`]: p95, [`${family}.max`]: max }) as Record<
    `${F}.${'mean' | 'p95' | 'max'}`,
    number | null
  >;

/** Work done twice per failover, as the time that an element of mean capacity takes for it. */
function repeatedSeconds(plan: Plan, failovers: RunNumbers['failovers']): number | null {
  const known = failovers.flatMap(({ repeatedCalculations }) => repeatedCalculations ?? []);
  if (known.length === 0) return null;
  return known.reduce((sum, each) => sum + each, 0) / known.length / meanCapacity(plan);
}

/** Nine digits: more than any clock here resolves, and the same on paper and in memory. */
const rounded = (number: number | null): number | null => (number === null ? null : Number(number.toPrecision(9)));

/** The run's checks under names of their own: a plan may have two of one kind. */
export function checksOf({ checks }: Pick<Summary, 'checks'>): GateSample['checks'] {
  const seen = new Map<string, number>();
  return checks.map(({ name, verdict, detail }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { name: count === 1 ? name : `${name} (${count})`, verdict, detail };
  });
}
