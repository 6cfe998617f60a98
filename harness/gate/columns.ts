/** Runs of one side side by side: per metric and check one value per run. A baseline stores them like this. */
import { type GateMetricName, gateMetricNames } from '../experiment/gate.js';
import type { Verdict } from '../result/summary.js';
import type { TwoSides } from './effect.js';
import type { CheckCount } from './judgement.js';
import type { GateSample } from './sample.js';

export interface Columns {
  readonly seeds: readonly number[];
  readonly values: Readonly<Partial<Record<GateMetricName, readonly (number | null)[]>>>;
  readonly checks: Readonly<Record<string, readonly (Verdict | null)[]>>;
}

export function columnsOf(samples: readonly Pick<GateSample, 'seed' | 'values' | 'checks'>[]): Columns {
  const names = [...new Set(samples.flatMap(({ checks }) => checks.map(({ name }) => name)))];
  return {
    seeds: samples.map(({ seed }) => seed),
    values: Object.fromEntries(gateMetricNames.map((metric) => [metric, samples.map(({ values }) => values[metric])])),
    checks: Object.fromEntries(
      names.map((name) => [name, samples.map(({ checks }) => checks.find((it) => it.name === name)?.verdict ?? null)]),
    ),
  };
}

/** Where there is nothing for any run, there is no column. */
export const valuesIn = ({ values, seeds }: Columns, metric: GateMetricName): readonly (number | null)[] =>
  values[metric] ?? seeds.map(() => null);

/** Those of some runs, counted from 0, `to` not included. */
export function slice({ seeds, values, checks }: Columns, from: number, to: number): Columns {
  const cut = <T extends Readonly<Record<string, readonly unknown[]>>>(columns: T): T =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice(from, to)])) as unknown as T;
  return {
    seeds: seeds.slice(from, to),
    values: cut(values as Record<string, (number | null)[]>),
    checks: cut(checks),
  };
}

/**
 * The two sides of a metric. Paired, it is the runs whose seeds both sides have, seed by seed; if the sides share none
 * or, for `whole`, not all of the new runs' seeds, all runs of both sides.
 */
export function sidesOf(
  metric: GateMetricName,
  old: Columns,
  fresh: Columns,
  { paired, whole = false }: { readonly paired: boolean; readonly whole?: boolean },
): TwoSides {
  const [before, after] = [valuesIn(old, metric), valuesIn(fresh, metric)];
  const places = paired ? fresh.seeds.flatMap((seed, at) => (old.seeds.includes(seed) ? [at] : [])) : [];
  if (places.length < 2 || (whole && places.length < fresh.seeds.length)) {
    return { old: before, new: after, paired: false };
  }
  return {
    old: places.map((at) => before[old.seeds.indexOf(fresh.seeds[at]!)] ?? null),
    new: places.map((at) => after[at] ?? null),
    paired: true,
  };
}

export function countChecks({ checks }: Columns, name: string): CheckCount {
  const said = checks[name] ?? [];
  const count = (verdict: Verdict) => said.filter((each) => each === verdict).length;
  return { pass: count('pass'), fail: count('fail'), unknown: count('unknown') };
}

/** Whether the first run of both sides has the same seed and said the same in every respect. */
export const firstRunsAreEqual = (old: Columns, fresh: Columns): boolean => isEqualAt(0, old, fresh);

/** Whether all new runs have their like on the old side: the same seed, and the same results in every respect. */
export const runsAreEqual = (old: Columns, fresh: Columns): boolean =>
  fresh.seeds.length > 0 && fresh.seeds.every((_, at) => isEqualAt(at, old, fresh));

function isEqualAt(place: number, old: Columns, fresh: Columns): boolean {
  const seed = fresh.seeds[place];
  const at = old.seeds.indexOf(seed!);
  if (seed === undefined || at < 0) return false;
  const sameValue = (metric: GateMetricName) => valuesIn(old, metric)[at] === valuesIn(fresh, metric)[place];
  const sameCheck = (name: string) => (old.checks[name]?.[at] ?? null) === (fresh.checks[name]?.[place] ?? null);
  return gateMetricNames.every(sameValue) && Object.keys(fresh.checks).every(sameCheck);
}
