/**
 * The gate held against itself: `npx tsx test/gate/calibrate.ts [GATES]` prints how often an unchanged program alarms
 * it, and how small a slow-down it finds with how many runs. The tables in `harness/gate/README.md` are made by it.
 */
import { proportion } from '../../harness/stats/proportion.js';
import { gateOfChance } from './chance.js';
import {
  type Change,
  lessCapacity,
  slowerResumption,
  type TrialPoint,
  trialPoint,
  tryPoint,
  verdictOf,
} from './trials.js';

const gates = Number(process.argv[2] ?? 200);
const files = ['element-kill', 'element-power-off', 'element-freeze'].map((name) => `experiments/${name}.ts`);

interface Row {
  readonly what: string;
  readonly change?: Change;
  readonly shared: boolean;
  readonly points: readonly TrialPoint[];
  readonly count: number;
}

function perform({ what, change, shared, points, count }: Row): void {
  const verdicts = { fail: 0, pass: 0, unknown: 0 };
  const runs: number[] = [];
  const named = new Map<string, number>();
  let cleared = 0;
  for (let at = 1; at <= count; at++) {
    const oldSeed = 2 * at;
    const trials = points.map((point) =>
      tryPoint(point, {
        points: points.length,
        oldSeed,
        newSeed: shared ? oldSeed : oldSeed + 1,
        ...(change && { change }),
      }),
    );
    verdicts[verdictOf(trials.map(({ judgement }) => judgement))]++;
    runs.push(Math.max(...trials.map((trial) => trial.runs)));
    cleared += trials.reduce((sum, { judgement }) => sum + judgement.cleared.length, 0);
    for (const { judgement } of trials)
      for (const { metric, verdict } of judgement.metrics)
        if (verdict === 'fail' || verdict === 'unknown') {
          const name = `${verdict} ${metric}`;
          named.set(name, (named.get(name) ?? 0) + 1);
        }
  }
  runs.sort((a, b) => a - b);
  const share = (n: number) => `${((100 * n) / count).toFixed(1)} %`;
  const { low, high } = proportion(verdicts.fail, count)!;
  const interval = `${(100 * low).toFixed(1)} … ${(100 * high).toFixed(1)} %`;
  const most = [...named]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6)
    .map(([name, n]) => `${name} ${n}`);
  process.stdout.write(
    `| ${what} | ${shared ? 'the same' : 'others'} | ${count} | ${share(verdicts.fail)} (${interval}) | ${share(verdicts.pass)} | ${share(verdicts.unknown)} | ${runs[runs.length >> 1]} (${runs.at(-1)}) | ${cleared} | ${most.join(', ')}\n`,
  );
}

const points = await Promise.all(files.map((file) => trialPoint(file)));
const tight = await Promise.all(
  files.map((file) =>
    trialPoint(file, { limits: { handlingSpeed: 0.02, utilisation: 0.01, handlingTime: 0.02 }, budget: 96 }),
  ),
);
const power = Math.max(10, Math.round(gates / 10));
process.stdout.write(
  '| change | seeds | gates | fail (95 % interval) | pass | cannot say | runs, median (most) | cleared | which\n',
);
perform({ what: 'none', shared: false, points, count: gates });
for (const milliseconds of [10, 50, 200]) {
  const change = slowerResumption(milliseconds / 1e3);
  for (const shared of [true, false]) {
    perform({ what: `${milliseconds} ms more resumption`, change, shared, points, count: power });
  }
}
for (const shared of [true, false])
  perform({ what: '5 % less capacity', change: lessCapacity(0.95), shared, points, count: power });
perform({
  what: '5 % less capacity, limits of 1 to 2 %, 96 runs',
  change: lessCapacity(0.95),
  shared: true,
  points: tight,
  count: power,
});
perform({ what: '15 % less capacity', change: lessCapacity(0.85), shared: true, points, count: power });
perform({ what: 'half the capacity', change: lessCapacity(0.5), shared: true, points, count: power });

/** Of runs made of chance: how far a metric that spreads so much must move to be found, and after how many runs. */
process.stdout.write('\n| spread of a metric between runs | ');
const factors = [1.2, 1.35, 1.5, 2, 3];
process.stdout.write(`${factors.map((factor) => `${Math.round(100 * (factor - 1))} % worse`).join(' | ')}\n`);
for (const deviation of [0.02, 0.1, 0.2, 0.4]) {
  const cells = factors.map((factor) => {
    const trials = Array.from({ length: 100 }, (_, at) => gateOfChance(at + 1, { factor, deviation }));
    const found = trials.filter(({ judgement }) => judgement.metrics[0]!.verdict === 'fail');
    const runs = found.map((trial) => trial.runs).sort((a, b) => a - b);
    return found.length === 0 ? '0 %' : `${found.length} % (${runs[runs.length >> 1]})`;
  });
  process.stdout.write(`| ${100 * deviation} % | ${cells.join(' | ')}\n`);
}
