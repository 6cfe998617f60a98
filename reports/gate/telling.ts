/** The runs that show best what a gate says. */
import type { GatePointResult, GateResult } from '../../harness/gate/result.js';

/** More pages than this per point would take longer to draw than anybody looks at. */
const mostPerPoint = 3;

export interface Telling {
  readonly folder: string;
  readonly replay: string;
  readonly seed: number;
  /** Why somebody should look at it. */
  readonly why: string;
}

/** Folders of runs, from the gate's. */
export const tellingRuns = (result: GateResult): string[] =>
  result.points.flatMap((point) => tellingOf(point).map(({ folder }) => folder));

/** Of each metric that failed the run that is worst; of each check that failed a run of which it did; else the first. */
export function tellingOf({ metrics, checks, runs }: GatePointResult): Telling[] {
  const samples = runs.flatMap(({ side, sample }) => (side === 'new' && sample ? [sample] : []));
  const open = metrics.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
  const failed = [...open].sort((a, b) => Number(b.verdict === 'fail') - Number(a.verdict === 'fail'));
  const found = [
    ...checks
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ check }) => ({
        sample: samples.find((each) => each.checks.some(({ name, verdict }) => name === check && verdict === 'fail')),
        why: `check ${check} fails`,
      })),
    ...failed.map(({ metric, label, better }) => {
      const sign = better === 'lower' ? 1 : -1;
      const known = samples.filter(({ values }) => values[metric] !== null);
      const worst = known.toSorted((a, b) => sign * (b.values[metric]! - a.values[metric]!))[0];
      return { sample: worst, why: `the worst ${label}` };
    }),
    { sample: samples[0], why: 'the first run' },
  ];
  const telling = new Map<string, Telling>();
  for (const { sample, why } of found) {
    if (!sample || telling.size >= mostPerPoint) continue;
    const before = telling.get(sample.folder);
    const { folder, replay, seed } = sample;
    telling.set(folder, { folder, replay, seed, why: before ? `${before.why}; ${why}` : why });
  }
  return [...telling.values()];
}
