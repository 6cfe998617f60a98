/** Twenty schedules of chaos on real components, their results kept in `results/chaos`. */
import { describe } from 'vitest';
import { labTest } from './available.js';
import { expectToSurvive } from './chaos.js';
import { repository, runExperimentOn } from './rsplab.js';

const seeds = Array.from({ length: 20 }, (_, at) => at + 1);

describe('a pool survives chaos', () => {
  labTest.each(seeds)('seed %i', async (seed) => {
    const out = `${repository}results`;
    expectToSurvive(await runExperimentOn('virtual', out, 'experiments/chaos.ts', '--seed', String(seed)));
  });
});
