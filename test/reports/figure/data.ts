/** Made-up sweeps for the tests of figures. */
import type { Point } from '../../../harness/experiment/experiment.js';
import type { FinishedSweep } from '../../../harness/sweep/finish.js';
import { FigureData } from '../../../reports/figure/data.js';

export type ValuesAt = (point: Point, replication: number) => Record<string, number | null>;

export function sweepWith(points: readonly Point[], replications: number, valuesAt: ValuesAt): FinishedSweep {
  const numbers = Array.from({ length: replications }, (_, index) => index + 1);
  return {
    folder: '',
    grid: { points: points.map((point, index) => ({ index, point, refusal: null })) },
    records: points.flatMap((point, index) =>
      numbers.map((replication) => ({
        ...{ point: index, replication, seed: replication, verdict: null, folder: null },
        values: valuesAt(point, replication),
      })),
    ),
    description: {
      ...{ experiment: 'made-up', question: '<b>Why</b> & how?', expectation: null, replications, seed: 1 },
      ...{ points: points.length, failures: [], vary: { variant: ['script'] }, versions: { rsplab: '0' } },
    },
  } as unknown as FinishedSweep;
}

export const dataWith = (points: readonly Point[], replications: number, valuesAt: ValuesAt): FigureData =>
  new FigureData(sweepWith(points, replications, valuesAt));

/** Noise that is the same at every point of a replication, as common random numbers make it. */
export const noise = (replication: number): number => Math.sin(replication * 12.9898) * 10;
