/** How much computing time is left over while a lab is idle, probed, or at work. */
import type { LoadSample } from '../lab/load-watch.js';
import type { CalibrationLine } from '../result/calibration.js';
import { meanLine } from './line.js';
import { describeLoad, type LoadName } from './timers.js';

/**
 * A lab that is saturated answers late; probes are meant to load it, a deployment of this size is not. Percent.
 */
const leastIdle: Record<LoadName, number> = { idle: 75, probes: 0, deployment: 30 };
/**
 * Percent of the time; a run with more is unknown.
 *
 * Waiting was measured with lab kernels on a machine with two CPUs, which others left alone, shared or filled. At 5 %,
 * 1 timer in 100 is 6 ms late or more (16 s, beside a pool); at 11 %, 29 ms, and a delay of 10 ms takes 10.5 ms (114 s,
 * probes); at 26 %, 47 ms, and it takes 11.6 ms (163 s, probes); at 34 and 40 %, with as many busy loops as CPUs,
 * 125 ms, and failovers that take 0.15 s at 11 % take 0.21 and 0.25 s (22 s each); at 57 %, 199 ms, and a delay of
 * 10 ms takes 12.7 ms (194 s, probes).
 */
export const tolerableLoad = { stolen: 5, waited: 25, busy: 95 } as const;

/** Seconds; fewer say too little. */
const enough = 10;

export function loadLines(samples: readonly LoadSample<LoadName>[]): CalibrationLine[] {
  const loads = (Object.keys(leastIdle) as LoadName[]).filter(
    (load) => samples.filter((it) => it.what === load).length >= enough,
  );
  return loads.flatMap((load) => {
    const of = samples.filter((it) => it.what === load);
    const where = describeLoad(load);
    const idle = { key: `cpu-idle-${load}`, what: `CPU left over ${where}`, asked: 100 };
    const stolen = { key: `cpu-steal-${load}`, what: `CPU stolen from the machine ${where}`, asked: 0 };
    const waited = { key: `cpu-wait-${load}`, what: `lab kernel waiting for a CPU ${where}`, asked: 0 };
    const waits = of.flatMap((it) => (it.waited === null ? [] : [100 * it.waited]));
    return [
      meanLine(
        { ...idle, tolerance: 100 - leastIdle[load] },
        'percent',
        of.map(({ busy }) => Math.max(0, 100 * (1 - busy))),
      ),
      meanLine(
        { ...stolen, tolerance: tolerableLoad.stolen },
        'percent',
        of.map((it) => 100 * it.stolen),
      ),
      ...(waits.length > 0 ? [meanLine({ ...waited, tolerance: tolerableLoad.waited }, 'percent', waits)] : []),
    ];
  });
}
