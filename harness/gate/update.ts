/** Makes a baseline: the whole budget of runs at every point. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { badInput, labBroken } from '../base/errors.js';
import { gateMetricNames } from '../experiment/gate.js';
import { versions } from '../run/versions.js';
import { type Baseline, type BaselinePoint, isSame, readBaseline, writeBaseline } from './baseline.js';
import { columnsOf, valuesIn } from './columns.js';
import { machineHere } from './fingerprint.js';
import { looksWithin, passLevel } from './judge.js';
import { GateLedger } from './ledger.js';
import { limitFor } from './limits.js';
import { whileAlone } from './lock.js';
import type { GatePoint } from './points.js';
import { type Contestants, performAll, type RunnerOptions } from './runner.js';
import type { GateSample } from './sample.js';
import { isDeterministic, type Task } from './state.js';

export interface UpdateJob extends Contestants {
  readonly points: readonly GatePoint[];
}

/**
 * Runs the new side and stores what it says as the old side of gates to come. Points of the file that are not measured
 * stay as they are.
 * @throws HarnessError `bad-input` when the file's other points are of another lab; `lab-broken` when a run was
 */
export async function updateBaseline(file: string, job: UpdateJob, options: RunnerOptions): Promise<Baseline> {
  const { subject, seed } = job;
  if (existsSync(file)) checkSameLab(file, readBaseline(file), subject.name);
  const ledger = new GateLedger(join(options.folder, 'ledger.ndjson'));
  await performAll(tasksOf(job, ledger), job, options, ledger);
  const broken = ledger.records.find(({ sample }) => sample === null);
  if (broken) throw labBroken(`No baseline was made, for the lab broke: ${broken.broken}`);
  const points = job.points.map((point, index) => {
    return baselinePoint(point, seed, ledger.samples(index, 'new'), subject.clock === 'simulated');
  });
  return whileAlone(file, options.clock, () => {
    // Read again: somebody else may have written meanwhile.
    const before = existsSync(file) ? readBaseline(file) : null;
    if (before) checkSameLab(file, before, subject.name);
    const kept = before?.points.filter((each) => !points.some((point) => isSame(point, each))) ?? [];
    const baseline: Baseline = {
      ...{ what: 'baseline of rsplab gate', schemaVersion: 1, on: subject.name, clock: subject.clock },
      date: new Date(options.clock.now() * 1e3).toISOString(),
      machine: isDeterministic(subject.clock) ? null : machineHere(),
      versions: versions(),
      points: [...kept, ...points].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    };
    writeBaseline(file, baseline);
    return baseline;
  });
}

function checkSameLab(file: string, { on }: Baseline, name: string): void {
  if (on !== name) throw badInput(`${file}: expected a baseline made on ${name}, got one of ${on}; name another file`);
}

const nameOf = ({ experiment, point }: BaselinePoint): string => `${experiment} ${JSON.stringify(point)}`;

function tasksOf({ points, subject }: UpdateJob, ledger: GateLedger): Task[] {
  return points.flatMap((point, index) => {
    const contest = { index, point, baseline: null, points: points.length, clock: subject.clock };
    return Array.from({ length: point.budget }, (_, at) => ({
      contest,
      side: 'new' as const,
      replication: at + 1,
    })).filter(({ replication }) => ledger.of(index, 'new', replication).length === 0);
  });
}

function baselinePoint(point: GatePoint, seed: number, samples: readonly GateSample[], paired: boolean): BaselinePoint {
  const columns = columnsOf(samples);
  const metrics = gateMetricNames.filter((metric) => valuesIn(columns, metric).some((value) => value !== null));
  const context = {
    ...{ limits: point.limits, widen: !paired, budget: { new: point.budget, old: samples.length } },
    passLevel: passLevel / (looksWithin(point) + 1),
  };
  const present = (metric: (typeof metrics)[number]) => valuesIn(columns, metric).filter((value) => value !== null);
  return {
    ...{ experiment: point.experiment, point: point.point, plan: { ...point.parts } },
    ...{ fingerprint: samples[0]?.fingerprint ?? null, seed, seeds: [...columns.seeds] },
    values: Object.fromEntries(metrics.map((metric) => [metric, [...valuesIn(columns, metric)]])),
    checks: Object.fromEntries(Object.entries(columns.checks).map(([name, said]) => [name, [...said]])),
    limits: Object.fromEntries(metrics.map((metric) => [metric, limitFor(metric, present(metric), context)])),
    accepted: [],
  };
}
