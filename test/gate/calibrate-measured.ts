/**
 * The gate held against itself on real components: `npx tsx test/gate/calibrate-measured.ts FOLDER…` takes the runs of
 * `rsplab gate --update` (its folders, of different seeds), and draws gates from them at random: 24 runs for the
 * baseline, others for the new side. So gates share runs with each other, but no gate has a run on both sides.
 */
import { join } from 'node:path';
import { type Random, randomFrom } from '../../harness/base/random.js';
import { columnsOf } from '../../harness/gate/columns.js';
import { GateLedger } from '../../harness/gate/ledger.js';
import type { GateSample } from '../../harness/gate/sample.js';
import { proportion } from '../../harness/stats/proportion.js';
import { type Change, judgeGrowing, slowerResumption, type TrialPoint, trialPoint, verdictOf } from './trials.js';

const gates = Number(process.env.GATES ?? 60);
const experiments = ['element-kill', 'element-power-off', 'element-freeze'];

const records = process.argv.slice(2).flatMap((folder) => new GateLedger(join(folder, 'ledger.ndjson')).records);
const samplesOf = (experiment: string): GateSample[] =>
  records.flatMap(({ sample }) => (sample?.replay.includes(`/${experiment}.ts`) ? [sample] : []));

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}

function gate(points: readonly TrialPoint[], at: number, change: Change) {
  const random = randomFrom(at, 'measured');
  return points.map((point) => {
    const { settings, name } = point;
    const drawn = shuffled(samplesOf(name), random);
    const old = columnsOf(drawn.slice(0, settings.budget));
    const fresh = drawn.slice(settings.budget);
    return judgeGrowing(old, settings, points.length, false, (from, count) => {
      const runs = fresh.slice(from - 1, from - 1 + count);
      if (runs.length < count) throw new Error(`${name}: expected ${from - 1 + count} runs for the new side`);
      return runs.map((run, index) => ({ ...run, values: change.values?.(run.values, index) ?? run.values }));
    });
  });
}

const points = await Promise.all(experiments.map((name) => trialPoint(`experiments/${name}.ts`)));
const counts = experiments.map((name) => `${name} ${samplesOf(name).length}`);
process.stdout.write(
  `runs: ${counts.join(', ')}\n| change | gates | alarm (95 % interval) | pass | cannot say | runs | which\n`,
);
for (const milliseconds of [0, 10, 50, 200]) {
  const trials = Array.from({ length: gates }, (_, at) => gate(points, at + 1, slowerResumption(milliseconds / 1e3)));
  const verdicts = trials.map((trial) => verdictOf(trial.map(({ judgement }) => judgement)));
  const share = (verdict: string) =>
    `${((100 * verdicts.filter((each) => each === verdict).length) / gates).toFixed(0)} %`;
  const { low, high } = proportion(verdicts.filter((each) => each === 'fail').length, gates)!;
  const runs = trials.map((trial) => Math.max(...trial.map((each) => each.runs))).sort((a, b) => a - b);
  const failed = trials.flatMap((trial) =>
    trial.flatMap(({ judgement: { metrics, checks } }) => [
      ...metrics.filter(({ verdict }) => verdict === 'fail').map(({ metric }) => metric),
      ...checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => `check ${check}`),
    ]),
  );
  const named = [...new Set(failed)];
  process.stdout.write(
    `| ${milliseconds} ms more resumption | ${gates} | ${share('fail')} (${(100 * low).toFixed(1)} … ${(100 * high).toFixed(1)} %) | ` +
      `${share('pass')} | ${share('unknown')} | ${runs[runs.length >> 1]} (${runs.at(-1)}) | ${named.join(', ')}\n`,
  );
}
