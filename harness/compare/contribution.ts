/** Which stage of the failover a difference comes from. */
import { stageNames } from '../result/rows.js';
import type { Contribution } from './comparison.js';
import type { RunSample } from './sample.js';

/**
 * Splits the difference of the failover delay into the stages'. Over the failovers of running requests that resumed,
 * each run weighing the same: only so do the stages add up.
 * @returns null when one of the sides has no such failover
 */
export function contributionOf(
  reference: string,
  measured: readonly RunSample[],
  predicted: readonly RunSample[],
): Contribution | null {
  const [ours, theirs] = [resumed(measured), resumed(predicted)];
  if (ours.length === 0 || theirs.length === 0) return null;
  const mean = (rows: typeof ours, name: keyof (typeof ours)[number]) =>
    rows.reduce((sum, row) => sum + row[name], 0) / rows.length;
  const measuredDelay = mean(ours, 'delay');
  const referenceDelay = mean(theirs, 'delay');
  const difference = measuredDelay - referenceDelay;
  return {
    reference,
    measuredDelay,
    referenceDelay,
    difference,
    stages: stageNames.map((stage) => {
      const [here, there] = [mean(ours, stage), mean(theirs, stage)];
      const step = here - there;
      return {
        stage,
        measured: here,
        reference: there,
        difference: step,
        share: difference === 0 ? null : step / difference,
      };
    }),
  };
}

const resumed = (runs: readonly RunSample[]) => runs.flatMap((run) => run.resumed ?? []);
