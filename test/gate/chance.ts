/** Runs made of chance alone, whose spread is known. */
import { randomFrom } from '../../harness/base/random.js';
import { type GateMetricName, gateMetricNames } from '../../harness/experiment/gate.js';
import { columnsOf } from '../../harness/gate/columns.js';
import type { GateSample } from '../../harness/gate/sample.js';
import { judgeGrowing, type Sample } from './trials.js';

export const chanceSettings = { replications: 8, budget: 24, limits: {}, points: [{}] };

/** How much values of runs spread about their mean, of the metrics in turn: standard deviations of their logarithms. */
const deviations = [0.02, 0.1, 0.2, 0.4];

export interface Chance {
  /** What a change does to the first metric. @defaultValue 1: nothing */
  readonly factor?: number;
  /** The first metric's own spread. @defaultValue 0.02 */
  readonly deviation?: number;
}

/** Metrics of one kind go together, as mean, quantile and maximum do: four fifths of their noise are shared. */
function drawn(seed: number, { factor = 1, deviation = 0.02 }: Chance): (from: number, count: number) => Sample[] {
  const random = randomFrom(seed, 'gate');
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  return (from, count) =>
    Array.from({ length: count }, (_, at): Sample => {
      const shared = deviations.map(normal);
      const values = gateMetricNames.slice(0, 18).map((name, index): [GateMetricName, number] => {
        const kind = index % deviations.length;
        const noise = (index === 0 ? deviation : deviations[kind]!) * (0.8 * shared[kind]! + 0.6 * normal());
        return [name, (index === 0 ? factor : 1) * Math.exp(noise)];
      });
      const none = Object.fromEntries(gateMetricNames.map((name) => [name, null]));
      return {
        seed: seed * 1000 + from + at,
        values: { ...none, ...Object.fromEntries(values) } as GateSample['values'],
        checks: [],
      };
    });
}

/** A gate of eighteen metrics, of which the first may change. @param at which of many such gates it is */
export const gateOfChance = (at: number, chance: Chance = {}) => {
  const { factor: _, ...same } = chance;
  const old = columnsOf(drawn(2 * at, same)(1, chanceSettings.budget));
  return judgeGrowing(old, chanceSettings, 1, false, drawn(2 * at + 1, chance));
};
