/** Questions that several figures ask. */
import { average, difference, nameOf, type Question } from '../claim.js';
import type { FigureData, Sample, Where } from '../data.js';

export const policies = ['LeastUsed', 'RoundRobin', 'Random'] as const;
export const utilisation = 'utilisation_percent';
export const speed = 'handling_speed_percent';

/** The metric's mean over all points that fit, replication by replication. */
export const meanOver = (data: FigureData, metric: string, where: Where): Sample =>
  average(data.select(where).map((point) => data.sample(metric, point)));

/** From the smallest to the largest value of something varied: how far the metric goes, the rest being averaged over. */
export function change(data: FigureData, metric: string, name: string, where: Where): Sample {
  const values = data.numbersOf(name);
  const at = (value: number | undefined) => meanOver(data, metric, { ...where, [name]: value! });
  return difference(at(values.at(-1)), at(values[0]));
}

/** For each policy, that the metric rises or falls over the range of something varied. */
export const moves = (
  data: FigureData,
  { metric, name, label, direction }: { metric: string; name: string; label: string; direction: 'rises' | 'falls' },
): Question[] =>
  policies.map((policy) => ({
    what: `${nameOf(policy)}, ${metric === speed ? 'handling speed' : 'utilisation'} over the whole range of ${label}`,
    sample: change(data, metric, name, { policy }),
    ...(direction === 'rises' ? { above: 0 } : { below: 0 }),
  }));
