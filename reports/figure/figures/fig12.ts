import { allOf, difference, nameOf } from '../claim.js';
import type { FigureData } from '../data.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { change, meanOver, policies, realComponents, speed, utilisation } from './shared.js';

const place = 'Section 5.2.1';
const large = (data: FigureData) => data.numbersOf('size').filter((size) => size >= 25);
/** Utilisation above that of the smallest requests. */
const rise = (data: FigureData, policy: string) =>
  difference(
    meanOver(data, utilisation, { policy, mtbf: 5 }),
    meanOver(data, utilisation, { policy, mtbf: 5, size: data.numbersOf('size')[0]! }),
  );
const others = policies.filter((policy) => policy !== 'LeastUsed');

export const fig12: Figure = {
  name: '12',
  title: 'Using “abort and restart”',
  experiment: 'fig12-abort-and-restart',
  x: { name: 'size', label: 'Request size : PE capacity ratio s [s]' },
  curve: { name: 'mtbf', label: 'pool element MTBF [exclusive handling times at s = 10]' },
  panels: [{ ...utilisationPanel, atLeast: 100 }, speedPanel],
  quick: { size: [1, 5, 10, 25, 50] },
  measured: {
    grid: { size: [1, 5, 10, 25], mtbf: [5, 100] },
    measure: 240,
    full: { policy: ['LeastUsed'], mtbf: [5], size: [10] },
    departures: [...realComponents, 'RSPLIB always has a cookie interval: no cookies means one of 10¹⁵ calculations.'],
  },
  claims: [
    {
      text: 'At an MTBF of 100 the rise of the utilisation is almost invisible at a ratio of 10.',
      place,
      note: 'Almost invisible is taken to be less than 2 percentage points.',
      examine: allOf((data) =>
        policies.map((policy) => ({
          what: `${nameOf(policy)}, utilisation above the target of 25 %, MTBF 100, s = 10`,
          sample: meanOver(data, utilisation, { policy, mtbf: 100, size: 10 }).map((it) =>
            it === null ? null : it - 25,
          ),
          above: -2,
          below: 2,
        })),
      ),
    },
    {
      text:
        'At an MTBF of 5 the utilisation rises and the handling speed falls significantly with s for Round Robin and ' +
        'Random.',
      place,
      examine: allOf((data) =>
        others.flatMap((policy) => [
          {
            what: `${nameOf(policy)}, utilisation`,
            sample: change(data, utilisation, 'size', { policy, mtbf: 5 }),
            above: 0,
          },
          {
            what: `${nameOf(policy)}, handling speed`,
            sample: change(data, speed, 'size', { policy, mtbf: 5 }),
            below: 0,
          },
        ]),
      ),
    },
    {
      text: 'This effect is smaller for Least Used, on average over s.',
      place,
      examine: allOf((data) =>
        others.map((policy) => ({
          what: `rise of the utilisation at MTBF 5, mean over s, ${nameOf(policy)} − Least Used`,
          sample: difference(rise(data, policy), rise(data, 'LeastUsed')),
          above: 0,
        })),
      ),
    },
    {
      text: 'This effect is smaller for Least Used, at the largest s as well.',
      place,
      note:
        'There all policies are overloaded, and Least Used, which leaves the fewest elements idle, has the highest ' +
        'utilisation.',
      examine: allOf((data) =>
        others.map((policy) => ({
          what: `rise of the utilisation at MTBF 5 over the whole range of s, ${nameOf(policy)} − Least Used`,
          sample: difference(
            change(data, utilisation, 'size', { policy, mtbf: 5 }),
            change(data, utilisation, 'size', { policy: 'LeastUsed', mtbf: 5 }),
          ),
          above: 0,
        })),
      ),
    },
    {
      text: 'At an MTBF of 2 and large ratios s the utilisation of Least Used almost reaches 95 %.',
      place,
      note: 'Almost 95 % is taken to be 92 to 96 %, large to be 25 and more.',
      examine: allOf((data) => [
        {
          what: `mean utilisation at s = ${large(data).join(', ')}`,
          sample: meanOver(data, utilisation, { policy: 'LeastUsed', mtbf: 2, size: large(data) }),
          above: 92,
          below: 96,
          unit: '%',
        },
      ]),
    },
    {
      text: 'In the same situation Round Robin and Random only achieve less than 85 %.',
      place,
      examine: allOf((data) =>
        others.map((policy) => ({
          what: `${nameOf(policy)}, mean utilisation at s = ${large(data).join(', ')}`,
          sample: meanOver(data, utilisation, { policy, mtbf: 2, size: large(data) }),
          below: 85,
          unit: '%',
        })),
      ),
    },
  ],
};
