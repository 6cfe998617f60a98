/**
 * Gates without a command line: runs of the simulator, judged as `rsplab gate` judges them. For tests, and for the
 * tables of false alarms and power in `harness/gate/README.md`.
 */
import { loadExperiment } from '../../harness/experiment/load.js';
import { type Plan, planner } from '../../harness/experiment/plan.js';
import { type Columns, columnsOf } from '../../harness/gate/columns.js';
import { judgePoint, type PointCase } from '../../harness/gate/judge.js';
import type { PointJudgement } from '../../harness/gate/judgement.js';
import { checksOf, type GateSample, valuesOf } from '../../harness/gate/sample.js';
import { type GateSettings, settingsFor } from '../../harness/gate/settings.js';
import { judge } from '../../harness/run/judge/judge.js';
import { outcomeOf } from '../../harness/run/sim-subject.js';
import { complete, failoversInWindow, summarise } from '../../harness/run/summarise.js';
import { simulate } from '../../harness/sim/simulate.js';
import { replicationSeed } from '../../harness/sweep/seed.js';

export type Sample = Pick<GateSample, 'seed' | 'values' | 'checks'>;

/** One run in the simulator, as the gate sees it. */
export function simulatedSample(plan: Plan): Sample {
  const outcome = outcomeOf(simulate(plan, { record: true }));
  const numbers = summarise(plan, outcome, { on: 'sim', clock: 'simulated', versions: {}, replay: '' });
  const summary = complete(numbers, judge(plan, numbers, outcome));
  return {
    seed: plan.seed,
    values: valuesOf(plan, { summary, failovers: failoversInWindow(outcome) }),
    checks: checksOf(summary),
  };
}

/** What a change of the program does to the runs: to the plan that stands for it, or to what is measured. */
export interface Change {
  readonly plan?: (plan: Plan) => Plan;
  readonly values?: (values: GateSample['values'], run: number) => GateSample['values'];
}

/** Resumption takes so many seconds more, and so does the failover. */
export const slowerResumption = (seconds: number): Change => ({
  values: (values) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value !== null && /^(resumption|failoverDelay)\./.test(name) ? value + seconds : value,
      ]),
    ) as GateSample['values'],
});

/** Elements work at this share of their capacity; percentages stay those of what the plan says they have. */
export const lessCapacity = (share: number): Change => ({
  plan: (plan) => ({
    ...plan,
    hosts: plan.hosts.map((host) =>
      host.role.kind === 'poolElement'
        ? { ...host, role: { ...host.role, capacity: host.role.capacity * share } }
        : host,
    ),
  }),
  values: (values) => ({
    ...values,
    handlingSpeed: values.handlingSpeed === null ? null : values.handlingSpeed * share,
    repeatedWork: values.repeatedWork === null ? null : values.repeatedWork * share,
  }),
});

export interface TrialPoint {
  readonly name: string;
  readonly settings: GateSettings;
  planFor(seed: number, replication: number): Plan;
}

export async function trialPoint(file: string, settings: Partial<GateSettings> = {}): Promise<TrialPoint> {
  const { experiment } = await loadExperiment(file);
  const plans = planner(experiment, {});
  return {
    name: experiment.name,
    settings: { ...settingsFor(experiment, {}, {}), ...settings },
    planFor: (seed, replication) => plans(replicationSeed(seed, replication)),
  };
}

export const samples = (point: TrialPoint, seed: number, count: number, change: Change = {}, from = 1): Sample[] =>
  Array.from({ length: count }, (_, at) => {
    const plan = point.planFor(seed, from + at);
    const sample = simulatedSample(change.plan?.(plan) ?? plan);
    return { ...sample, values: change.values?.(sample.values, at) ?? sample.values };
  });

export interface TrialOptions {
  readonly points: number;
  readonly oldSeed: number;
  readonly newSeed: number;
  readonly change?: Change;
}

/** One point of a gate from its first run to its verdict: pairs where both sides have the same seeds. */
export function tryPoint(point: TrialPoint, { points, oldSeed, newSeed, change }: TrialOptions) {
  const { settings } = point;
  const old = columnsOf(samples(point, oldSeed, settings.budget));
  return judgeGrowing(old, settings, points, oldSeed === newSeed, (from, count) =>
    samples(point, newSeed, count, change, from),
  );
}

/** @param more makes runs of the new side, from a replication on */
export function judgeGrowing(
  old: Columns,
  { replications, budget, limits }: Pick<GateSettings, 'replications' | 'budget' | 'limits'>,
  points: number,
  paired: boolean,
  more: (from: number, count: number) => Sample[],
): { readonly judgement: PointJudgement; readonly runs: number } {
  const fresh: Sample[] = [];
  for (;;) {
    const now: PointCase = {
      ...{ old, new: columnsOf(fresh), replications, budget, limits, points, paired, widen: !paired },
      ...{ oldRuns: old.seeds.length, sameFingerprint: false },
    };
    const { wanted, judgement } = judgePoint(now);
    if (wanted <= fresh.length) return { judgement, runs: fresh.length };
    fresh.push(...more(fresh.length + 1, wanted - fresh.length));
  }
}

export function verdictOf(judgements: readonly PointJudgement[]): 'pass' | 'fail' | 'unknown' {
  const said = judgements.flatMap(({ metrics, checks }) => [...metrics, ...checks].map(({ verdict }) => verdict));
  if (said.includes('fail')) return 'fail';
  return said.includes('unknown') ? 'unknown' : 'pass';
}
