/**
 * What the models predict for a measured run: its own plan, its own faults at their own times, and new requests each
 * time, because the components' chance cannot be seeded.
 */
import { codeOf, messageOf } from '../base/errors.js';
import { randomFrom } from '../base/random.js';
import type { SimulationModel } from '../experiment/experiment.js';
import { outcomeOf } from '../run/sim-subject.js';
import { simulate } from '../sim/simulate.js';
import type { LoadedRun } from './load.js';
import { type RunSample, sampleOf } from './sample.js';

export interface Prediction {
  readonly model: SimulationModel;
  /** One per replication; empty when the model cannot represent the plan. */
  readonly runs: readonly RunSample[];
  readonly notRepresentable: string | null;
}

export interface PredictionOptions {
  /** Simulated runs in all, the same number for each measured run: rounded up to a multiple. */
  readonly replications: number;
  /** Called before each simulated run. */
  readonly onReplication?: (model: SimulationModel, done: number) => void;
}

/**
 * Predicts runs of one plan by one model. A replication is known by its number alone, so that more of them begin with
 * the same ones.
 * @param runs replications of one plan; each one's faults are replayed
 */
export function predict(model: SimulationModel, runs: readonly LoadedRun[], options: PredictionOptions): Prediction {
  const perRun = Math.ceil(options.replications / runs.length);
  const samples: RunSample[] = [];
  try {
    for (const [index, { plan, faults }] of runs.entries()) {
      // The same requests for both models: what differs between them is then the models' doing.
      const seeds = randomFrom(plan.seed, 'prediction', index);
      for (let replication = 0; replication < perRun; replication++) {
        options.onReplication?.(model, samples.length);
        const seeded = { ...plan, model, seed: seeds.fork(replication).below(2 ** 31) };
        samples.push(thinned(sampleOf(plan, outcomeOf(simulate(seeded, { record: true, journal: faults })))));
      }
    }
  } catch (error) {
    if (codeOf(error) !== 'bad-input') throw error;
    return { model, runs: [], notRepresentable: withoutPrefix(messageOf(error), model) };
  }
  return { model, runs: samples, notRepresentable: null };
}

/** Of one simulated run, more observations than these say no more of a distribution that many runs make up. */
const observationsMost = 1000;

/** A hundred runs of an hour have millions of observations: of each run, every n-th in order of size is kept. */
function thinned(run: RunSample): RunSample {
  const metrics = Object.entries(run.metrics).map(([name, sample]) => {
    const stride = Math.ceil(sample.count / observationsMost);
    if (stride <= 1 || sample.observations.length === 0) return [name, sample];
    const sorted = sample.observations.flat().sort((a, b) => a - b);
    // From the middle of each stride, so that the distribution is not moved to one side.
    const kept = sorted.filter((_, place) => place % stride === stride >> 1);
    return [name, { ...sample, observations: [kept] }];
  });
  return { ...run, metrics: Object.fromEntries(metrics) as RunSample['metrics'] };
}

/** `experiment: the model 'x' knows no …` is said under the model's name already. */
function withoutPrefix(message: string, model: SimulationModel): string {
  const prefix = `the model '${model}' `;
  const at = message.indexOf(prefix);
  return at < 0 ? message : `it ${message.slice(at + prefix.length)}`;
}
