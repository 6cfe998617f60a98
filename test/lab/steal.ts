import { realClock } from '../../harness/base/clock.js';
import { cpuMeter } from '../../harness/lab/cpu.js';

/** @returns what to call for the percentage of its CPUs that the machine's hypervisor has withheld since */
export function watchSteal(): () => number {
  const load = cpuMeter(null);
  load(realClock.now());
  return () => 100 * load(realClock.now())!.stolen;
}
