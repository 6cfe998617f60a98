/** Folders of simulated runs for tests of reports, made once per test file. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../harness/base/clock.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import type { Experiment } from '../../harness/index.js';
import { run } from '../../harness/run/run.js';
import { simSubject } from '../../harness/run/sim-subject.js';

export const makeResults = (): string => mkdtempSync(join(tmpdir(), 'results-test-'));

export const removeResults = (results: string): void => rmSync(results, { recursive: true, force: true });

/** Runs an experiment in the simulator. @returns the run's folder */
export async function simulatedRun(
  results: string,
  experiment: Experiment,
  { seed = 1, phases = {}, at = 0 }: { seed?: number; phases?: object; at?: number } = {},
): Promise<string> {
  const plan = resolvePlan(experiment, {
    ...{ seed, phases },
    question: 'Does the report say what happened?',
    expectation: 'it does.',
    file: 'experiments/test.ts',
  });
  const clock: Clock = { now: () => 1.8e9 + at, sleepUntil: async () => {} };
  const { folder } = await run(plan, simSubject, { out: results, clock, signal: new AbortController().signal });
  return folder;
}

const sweepOfTwo = {
  ...{ schemaVersion: 1, experiment: 'small', question: null, expectation: null, file: 'experiments/small.ts' },
  ...{ on: 'sim', seed: 1, replications: 2, vary: { keepAlive: [1, 2], policy: ['Random'] }, restriction: {} },
  ...{ phases: {}, points: 2, plansSha256: '', versions: {}, state: 'complete', failures: [] },
};

/** A sweep of two points, as it lies in its folder. @returns the folder */
export function writtenSweep(results: string): string {
  const folder = join(results, 'small', '20400101-000000-sweep');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sweep.json'), JSON.stringify(sweepOfTwo));
  const table = [
    'keepAlive,policy,handling_speed_percent_mean,handling_speed_percent_ci95,handling_speed_percent_n',
    ...['1,Random,80,2.5,2', '2,Random,70,3.5,2'],
  ];
  writeFileSync(join(folder, 'table.csv'), table.join('\n'));
  return folder;
}

/** A copy of a run whose files were changed by somebody: `change` gets a file's text. */
export function changedRun(
  folder: string,
  id: string,
  changes: Record<string, (text: string) => string | null>,
): string {
  const copy = join(folder, '..', id);
  mkdirSync(copy, { recursive: true });
  cpSync(folder, copy, { recursive: true });
  for (const [name, change] of Object.entries(changes)) {
    const changed = change(readFileSync(join(copy, name), 'utf8'));
    if (changed === null) rmSync(join(copy, name));
    else writeFileSync(join(copy, name), changed);
  }
  return copy;
}
