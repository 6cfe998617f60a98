/** Moves one value of a baseline to what a gate measured, and keeps the reason. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { delayFamilies, type GateMetricName, gateMetricNames } from '../experiment/gate.js';
import { type Baseline, type BaselinePoint, isSame, readBaseline, writeBaseline } from './baseline.js';

import { readResult } from './folder.js';
import { GateLedger } from './ledger.js';
import { whileAlone } from './lock.js';
import type { GatePointResult } from './result.js';
import type { GateSample } from './sample.js';

export interface Acceptance {
  /** A metric, all of a delay (`resumption`), or a check. */
  readonly what: string;
  readonly why: string;
  /** The gate whose values are accepted. */
  readonly gateFolder: string;
}

/**
 * Accepts what is not passed of a metric or check, at every point of the gate.
 * @returns a line for each value that was moved
 * @throws HarnessError `bad-input` for an unknown name, no reason, or when the gate passed it everywhere
 */
export async function accept(file: string, { what, why, gateFolder }: Acceptance, clock: Clock): Promise<string[]> {
  if (why.trim() === '') throw badInput('--why: expected a reason for accepting the new value, got none');
  const result = readResult(gateFolder);
  const metrics = gateMetricNames.filter((name) => name === what || name.startsWith(`${what}.`));
  const checks = new Set(result.points.flatMap((point) => point.checks.map(({ check }) => check)));
  if (metrics.length === 0 && !checks.has(what)) {
    const known = [...delayFamilies, ...gateMetricNames, ...checks].join(', ');
    throw badInput(`--accept: expected one of ${known}, got '${what}'`);
  }
  const ledger = new GateLedger(join(gateFolder, 'ledger.ndjson'));
  const date = new Date(clock.now() * 1e3).toISOString();
  return whileAlone(file, clock, () => {
    const baseline = readBaseline(file);
    const moved: string[] = [];
    const points = baseline.points.map((stored): BaselinePoint => {
      const index = result.points.findIndex((point) => isSame(point, stored));
      if (index < 0) return stored;
      const judged = result.points[index]!;
      const samples = ledger.samples(index, 'new');
      const chosen = metrics.filter((metric) => isOpen(judged, metric));
      const next = chosen.reduce((point, metric) => move(point, metric, samples, { date, why }), stored);
      moved.push(...chosen.map((metric) => `${judged.name}: ${metric}`));
      const verdict = judged.checks.find(({ check }) => check === what)?.verdict;
      if (verdict === undefined || verdict === 'pass') return next;
      moved.push(`${judged.name}: ${what}`);
      return {
        ...next,
        fingerprint: null,
        checks: { ...next.checks, [what]: columnFor(next, samples, (it) => checkOf(it, what)) },
      };
    });
    if (moved.length === 0) throw badInput(`--accept ${what}: expected a value that the gate did not pass, got none`);
    writeBaseline(file, { ...baseline, points } satisfies Baseline);
    return moved;
  });
}

const isOpen = ({ metrics }: GatePointResult, metric: GateMetricName): boolean =>
  metrics.some((each) => each.metric === metric && (each.verdict === 'fail' || each.verdict === 'unknown'));

const checkOf = ({ checks }: GateSample, what: string) => checks.find(({ name }) => name === what)?.verdict ?? null;

function move(
  point: BaselinePoint,
  metric: GateMetricName,
  samples: readonly GateSample[],
  { date, why }: { readonly date: string; readonly why: string },
): BaselinePoint {
  const column = columnFor(point, samples, ({ values }) => values[metric]);
  const before = point.values[metric] ?? [];
  return {
    ...point,
    // The rest is of other programs than this metric: equal fingerprints no longer mean equal runs.
    fingerprint: null,
    values: { ...point.values, [metric]: column },
    accepted: [...point.accepted, { metric, date, why, old: meanOf(before), new: meanOf(column) }],
  };
}

/** By seed where the gate had the baseline's seeds, else in the order of the runs. */
function columnFor<T>(
  { seeds }: BaselinePoint,
  samples: readonly GateSample[],
  read: (sample: GateSample) => T,
): (T | null)[] {
  const bySeed = new Map(samples.map((sample) => [sample.seed, sample]));
  const shared = seeds.some((seed) => bySeed.has(seed));
  return seeds.map((seed, at) => {
    const sample = shared ? bySeed.get(seed) : samples[at];
    return sample === undefined ? null : read(sample);
  });
}

function meanOf(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}
