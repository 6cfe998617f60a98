import { allOf, difference, nameOf, type Question, ranking, zip } from '../claim.js';
import type { FigureData } from '../data.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { meanOver, policies, realComponents, speed, utilisation } from './shared.js';

const place = 'Section 5.1.1';

/** Those whose choice does not depend on a stable list of elements. */
const patient = policies.filter((policy) => policy !== 'RoundRobin');

/** What the shortest MTBF costs against the longest, at one delay. */
const cost = (data: FigureData, policy: string, delay: number) => {
  const mtbfs = data.numbersOf('mtbf');
  const at = (mtbf: number) => meanOver(data, speed, { policy, delay, mtbf });
  return difference(at(mtbfs.at(-1)!), at(mtbfs[0]!));
};

const costWithoutDelay = (data: FigureData, policy: string): Question => {
  const delay = data.numbersOf('delay')[0]!;
  const from = meanOver(data, speed, { policy, delay, mtbf: data.numbersOf('mtbf').at(-1)! });
  return {
    what: `${nameOf(policy)}, handling speed lost to the lowest MTBF without delay, in percent of that at the highest`,
    sample: zip([cost(data, policy, delay), from], ([lost, whole]) => (100 * lost!) / whole!),
    below: 20,
    unit: '%',
  };
};

/** How far Round Robin is ahead of Random. */
const lead = (data: FigureData, mtbf: number) =>
  difference(meanOver(data, speed, { policy: 'RoundRobin', mtbf }), meanOver(data, speed, { policy: 'Random', mtbf }));

export const fig07: Figure = {
  name: '7',
  title: 'The performance for dynamic pools',
  experiment: 'fig07-dynamic-pools',
  x: { name: 'mtbf', label: 'Pool element MTBF [average request handling times]' },
  curve: { name: 'delay', label: 'network delay [ms]', scale: 1000 },
  panels: [utilisationPanel, speedPanel],
  quick: { mtbf: [0.1, 0.5, 1, 2.5, 5], delay: [0, 0.05] },
  measured: {
    grid: { mtbf: [0.1, 0.5, 1.5, 5], delay: [0, 0.05] },
    measure: 120,
    full: { policy: ['LeastUsed'], delay: [0], mtbf: [1.5] },
    departures: [
      ...realComponents,
      'At an MTBF of 1 s (0.1 request times), an element that takes 0.46 s to return is away for a third of its time.',
    ],
  },
  claims: [
    {
      text: 'Clean shutdowns become critical only for a very low MTBF in combination with network delay.',
      place,
      note:
        'Critical is taken to be a loss of 20 % or more. Round Robin is left out of the part without delay and has its ' +
        'own line below.',
      examine: allOf((data) => {
        const delays = data.numbersOf('delay');
        return [
          ...policies.map((policy) => ({
            what: `${nameOf(policy)}, handling speed lost to the lowest MTBF, at the longest delay minus at the shortest`,
            sample: difference(cost(data, policy, delays.at(-1)!), cost(data, policy, delays[0]!)),
            above: 0,
          })),
          ...patient.map((policy) => costWithoutDelay(data, policy)),
        ];
      }),
    },
    {
      text: 'The same for Round Robin: without network delay even the lowest MTBF is not critical.',
      place,
      note:
        'Read strictly, the sentence above covers all policies. The paper itself says why Round Robin is slower: it ' +
        'turns into Random.',
      examine: allOf((data) => [costWithoutDelay(data, 'RoundRobin')]),
    },
    {
      text: 'The best performance is provided by Least Used.',
      place,
      examine: (data) => ranking(speed, ['LeastUsed', 'RoundRobin'], 'higher')(data),
    },
    {
      text: 'The performance of Round Robin converges to that of Random for a low MTBF.',
      place,
      examine: allOf((data) => {
        const mtbfs = data.numbersOf('mtbf');
        const [low, high] = [lead(data, mtbfs[0]!), lead(data, mtbfs.at(-1)!)];
        return [
          {
            what: 'Round Robin − Random, at the highest MTBF minus at the lowest',
            sample: difference(high, low),
            above: 0,
          },
          { what: 'Round Robin − Random at the lowest MTBF', sample: low, above: -3, below: 3 },
        ];
      }),
    },
    {
      text: 'Except for extremely low MTBF, the utilisation remains at the 60 % asked for.',
      place,
      examine: allOf((data) =>
        policies.map((policy) => ({
          what: `${nameOf(policy)}, mean utilisation at an MTBF of 1 and more`,
          sample: meanOver(data, utilisation, { policy, mtbf: data.numbersOf('mtbf').filter((mtbf) => mtbf >= 1) }),
          above: 58,
          below: 62,
          unit: '%',
        })),
      ),
    },
  ],
};
