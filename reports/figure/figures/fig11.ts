import { allOf, difference, nameOf, ranking } from '../claim.js';
import type { FigureData } from '../data.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { meanOver, policies, realComponents, speed } from './shared.js';

const place = 'Section 5.1.4';

/** Handling speed lost to the largest endpoint keep-alive interval. */
function loss(data: FigureData, policy: string, maxBadPeReports: number) {
  const intervals = data.numbersOf('endpointKeepAlive');
  const at = (interval: number) => meanOver(data, speed, { policy, maxBadPeReports, endpointKeepAlive: interval });
  return difference(at(intervals[0]!), at(intervals.at(-1)!));
}

export const fig11: Figure = {
  name: '11',
  title: 'Using failure reports',
  experiment: 'fig11-failure-reports',
  x: { name: 'maxBadPeReports', label: 'MAX-BAD-PE-REPORT [1]' },
  curve: { name: 'endpointKeepAlive', label: 'endpoint keep-alive interval [s]' },
  panels: [utilisationPanel, speedPanel],
  quick: { maxBadPeReports: [1, 2, 5, 10], endpointKeepAlive: [1, 30] },
  measured: {
    grid: { maxBadPeReports: [1, 2, 5, 10], endpointKeepAlive: [1, 30] },
    measure: 60,
    full: { policy: ['LeastUsed'], endpointKeepAlive: [5], maxBadPeReports: [3] },
    departures: [
      ...realComponents,
      'At an MTBF of 5 s, an element that takes 0.4 s to return is away for a thirteenth of its time.',
    ],
  },
  claims: [
    {
      text:
        'With MAX-BAD-PE-REPORT = 1 and a 30 times larger endpoint keep-alive interval, the handling speed is only about ' +
        '4 % of the capacity lower.',
      place,
      note: 'Only about 4 % is taken to be less than 5.5 percentage points for each policy, and more than 2.5 for one.',
      examine: allOf((data) =>
        policies.map((policy) => ({
          what: `${nameOf(policy)}, handling speed lost`,
          sample: loss(data, policy, 1),
          ...(policy === 'LeastUsed' ? { above: 2.5 } : {}),
          below: 5.5,
        })),
      ),
    },
    {
      text: 'The higher MAX-BAD-PE-REPORT, the more important the endpoint keep-alive interval.',
      place,
      examine: allOf((data) =>
        policies.map((policy) => ({
          what: `${nameOf(policy)}, handling speed lost to the largest interval, with most reports − with one`,
          sample: difference(loss(data, policy, data.numbersOf('maxBadPeReports').at(-1)!), loss(data, policy, 1)),
          above: 0,
        })),
      ),
    },
    {
      text: 'Least Used handles requests faster than Round Robin, and Round Robin faster than Random.',
      place: 'Sections 5.1.3 and 5.1.4',
      examine: ranking(speed, policies, 'higher'),
    },
  ],
};
