/**
 * The assumption of the paper's Equation (1), which Figure 14 draws: a failure costs half a cookie interval of work
 * (section 5.2.2). Measured with the runs of Figure 13.
 */
import { type MeanOfRuns, meanOfRuns } from '../../../harness/sweep/table.js';
import type { RunsAt } from './prediction.js';

export interface LostWork {
  /** Cookie interval, in mean request sizes. */
  readonly cookie: number;
  /** Work that a failover repeats, in cookie intervals, mean over runs. */
  readonly measured: MeanOfRuns;
  readonly predicted: MeanOfRuns;
}

/** Calculations of a mean request in Figure 13's experiment. */
const requestSize = 1e7;

/** @param measured runs of Figure 13; `predicted` has its points, and more */
export function lostWork(measured: readonly RunsAt[], predicted: readonly RunsAt[]): LostWork[] {
  const cookies = [...new Set(measured.map(({ point }) => Number(point.cookie)))].sort((a, b) => a - b);
  const share = (all: readonly RunsAt[], cookie: number) =>
    meanOfRuns(
      all
        .filter(({ point }) => point.cookie === cookie)
        .flatMap(({ runs }) => runs.flatMap((values) => values.repeated_calculations ?? []))
        .map((repeated) => repeated / (cookie * requestSize)),
    );
  return cookies.map((cookie) => ({ cookie, measured: share(measured, cookie), predicted: share(predicted, cookie) }));
}
