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

/** What holds for every figure that is measured: what real components do not do as the paper asks. */
export const realComponents = [
  'An element is back 0.4 to 0.5 s after its failure instead of at once: a process has to end, another one to start.',
  'Users draw sizes and times of their requests themselves; the simulation draws others of the same distributions.',
  'Which failures are clean is drawn by rsplab: RSPLIB’s element, told to do so itself, deregisters in all of them.',
  'RSPLIB has other names: cookies come by -capcookiemaxcalculations (and by time never), session keep-alives by ' +
    '-keepalivetransmissioninterval of the user and -capkeepalivetransmissioninterval of the element.',
  'A run settles for 5 s and warms up for 30 s instead of 5 minutes each, and is shorter; so it is in the prediction.',
];
