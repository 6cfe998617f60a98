/** Sides of a gate made of numbers, and results of gates for those who only write them down. */
import type { GateMetricName } from '../../harness/experiment/gate.js';
import { gateMetricNames } from '../../harness/experiment/gate.js';
import { type Columns, columnsOf } from '../../harness/gate/columns.js';
import type { PointCase } from '../../harness/gate/judge.js';
import { judgePoint } from '../../harness/gate/judge.js';
import type { GatePointResult, GateResult } from '../../harness/gate/result.js';
import type { GateSample } from '../../harness/gate/sample.js';
import type { Verdict } from '../../harness/result/summary.js';

type Given = Partial<Record<GateMetricName, readonly (number | null)[]>>;

/** Runs with these values, and nothing else. */
export function side(given: Given, { firstSeed = 1, checks = {} as Record<string, readonly Verdict[]> } = {}): Columns {
  const lengths = [...Object.values(given), ...Object.values(checks)].map(({ length }) => length);
  const count = Math.max(0, ...lengths);
  return columnsOf(
    Array.from({ length: count }, (_, at) => ({
      seed: firstSeed + at,
      values: Object.fromEntries(
        gateMetricNames.map((name) => [name, given[name]?.[at] ?? null]),
      ) as GateSample['values'],
      checks: Object.entries(checks).map(([name, said]) => ({ name, verdict: said[at]!, detail: '' })),
    })),
  );
}

export const pointCase = (old: Columns, fresh: Columns, more: Partial<PointCase> = {}): PointCase => ({
  ...{ old, new: fresh, replications: 8, budget: 24, limits: {}, points: 1, paired: false, widen: false },
  ...{ oldRuns: old.seeds.length, sameFingerprint: false, ...more },
});

export const metricIn = ({ metrics }: { metrics: GatePointResult['metrics'] }, name: GateMetricName) =>
  metrics.find(({ metric }) => metric === name)!;

/** A number in (0, 1) that looks random: fractional parts of multiples of the golden ratio, shuffled by a square. */
export const spread = (at: number): number => (((at * at * 0.754877666 + at * 0.569840291) % 1) + 1) % 1;

/** So many values about a level, within ± `width` of it as a fraction. */
export const around = (level: number, width: number, count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, at) => level * (1 + width * (2 * spread(from + at + 1) - 1)));

const run = (at: number): GateSample => ({
  seed: 100 + at,
  fingerprint: 'f',
  values: Object.fromEntries(gateMetricNames.map((name) => [name, 0.02 + at / 1000])) as GateSample['values'],
  checks: [{ name: 'noRequestLost', verdict: 'pass', detail: '' }],
  folder: `runs/e/${at}`,
  replay: `rsplab run e.ts --seed ${100 + at}`,
  seconds: 1.25,
});

/** A judged point under some name. */
export function pointResult(
  name: string,
  old: Columns,
  fresh: Columns,
  more: Partial<GatePointResult> = {},
): GatePointResult {
  const { judgement } = judgePoint(pointCase(old, fresh));
  const said = [...judgement.metrics, ...judgement.checks].map(({ verdict }) => verdict);
  const verdict = said.includes('fail') ? 'fail' : said.includes('unknown') ? 'unknown' : 'pass';
  return {
    ...judgement,
    ...{ name, experiment: name, file: `${name}.ts`, question: 'Why?', point: {}, verdict, reasons: [], paired: false },
    ...{ fingerprints: { old: 'a', new: 'b' }, replications: 8, budget: 24 },
    runs: fresh.seeds.map((_, at) => ({ side: 'new' as const, replication: at + 1, sample: run(at), broken: null })),
    ...more,
  };
}

export const gateResult = (points: readonly GatePointResult[], more: Partial<GateResult> = {}): GateResult => ({
  ...{ schemaVersion: 1, state: 'complete', on: 'sim', clock: 'simulated', date: '2026-11-27T02:40:53.000Z' },
  verdict: points.some(({ verdict }) => verdict === 'fail')
    ? 'fail'
    : points.some(({ verdict }) => verdict === 'unknown')
      ? 'unknown'
      : 'pass',
  ...{
    seconds: 12.3,
    commit: null,
    seed: 1,
    with: {},
    against: null,
    baseline: { file: 'b.json', date: '2026-11-01T00:00:00Z' },
  },
  ...{ versions: { rsplab: '0.1.0' }, points: [...points], notes: [], command: 'rsplab gate e.ts', ...more },
});
