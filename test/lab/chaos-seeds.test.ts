/** Twenty schedules of chaos on real components: about two minutes each, their results kept in `results/chaos`. */
import { describe } from 'vitest';
import { labTest } from './available.js';
import { expectToSurvive } from './chaos.js';
import { repository, runExperimentInto, undisturbed } from './rsplab.js';

const seeds = Array.from({ length: 20 }, (_, at) => at + 1);

describe('a pool survives chaos', () => {
  labTest.each(seeds)('seed %i', async (seed) => {
    const run = () => runExperimentInto(`${repository}results`, 'experiments/chaos.ts', '--seed', String(seed));
    expectToSurvive(await undisturbed(run));
  });
});
