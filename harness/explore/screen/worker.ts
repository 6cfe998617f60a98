/** What a thread does: screen seeds. Started by the pool, never imported. */
import { loadExperiment } from '../../experiment/load.js';
import { type Plan, planner } from '../../experiment/plan.js';
import { type Batch, screenBatch } from './screened.js';
import type { BatchTask } from './screener.js';

/** A thread works for one exploration. */
let plans: Promise<(seed: number) => Plan> | undefined;

export default async ({ source, from, seeds, hasQuirks }: BatchTask): Promise<Batch> => {
  plans ??= loadExperiment(source.file).then(({ experiment }) => planner(experiment, source));
  return screenBatch(await plans, from, seeds, hasQuirks);
};
