import { allOf, nameOf, ranking, zip } from '../claim.js';
import type { FigureData, Sample } from '../data.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { meanOver, moves, policies, realComponents, speed, utilisation } from './shared.js';

const place = 'Section 5.1.3';
/** Percent, as the paper's text reads them off its figure. */
const readings = { LeastUsed: 43.5, RoundRobin: 45, Random: 47 } as const;
/** Percentage points that “about” is taken to allow; neighbouring policies are 1.5 and 2 apart. */
const about = 1;

/** Percent of the elements' capacity in the hour that is measured. */
const target = 40;
const percentOfHour = 100 / (10 * 1e6 * 3600);

/** Work completed is work asked for here, since no queue grows; on average it is the target. */
const corrected = (data: FigureData, policy: string): Sample =>
  zip(
    [meanOver(data, utilisation, { policy }), meanOver(data, 'completed_calculations', { policy })],
    ([used, completed]) => used! - (completed! * percentOfHour - target),
  );

export const fig09: Figure = {
  name: '9',
  title: 'The impact of session monitoring',
  experiment: 'fig09-session-monitoring',
  x: { name: 'sessionKeepAlive', label: 'Session keep-alive interval [s]' },
  curve: { name: 'endpointKeepAlive', label: 'endpoint keep-alive interval [s]' },
  panels: [utilisationPanel, speedPanel],
  quick: { sessionKeepAlive: [1, 20, 50, 100], endpointKeepAlive: [1, 100] },
  measured: {
    grid: { sessionKeepAlive: [1, 20, 50, 100], endpointKeepAlive: [1, 100] },
    measure: 240,
    full: { policy: ['LeastUsed'], endpointKeepAlive: [1], sessionKeepAlive: [20] },
    departures: [...realComponents],
  },
  claims: [
    {
      text: 'At a target of 40 % the utilisation is about 43.5 % for Least Used, 45 % for Round Robin, 47 % for Random.',
      place,
      note:
        'About is taken to be within one percentage point. What users happen to ask for differs from run to run by more ' +
        'than the policies do, so its deviation from 40 % is subtracted from each run (a control variate).',
      examine: allOf((data) =>
        policies.map((policy) => ({
          what: `${nameOf(policy)}, mean utilisation over all points, corrected for the load that was asked for`,
          sample: corrected(data, policy),
          above: readings[policy] - about,
          below: readings[policy] + about,
          unit: '%',
        })),
      ),
    },
    {
      text: 'The worse the policy, the higher the utilisation: Least Used below Round Robin below Random.',
      place,
      examine: ranking(utilisation, policies, 'lower'),
    },
    {
      text: 'Least Used handles requests faster than Round Robin, and Round Robin faster than Random.',
      place,
      examine: ranking(speed, policies, 'higher'),
    },
    {
      text: 'Quick failure detection is important for the handling speed, whatever the policy.',
      place,
      examine: allOf((data) =>
        moves(data, {
          ...{ metric: speed, direction: 'falls' },
          ...{ name: 'sessionKeepAlive', label: 'the session keep-alive interval' },
        }),
      ),
    },
    {
      text: 'Endpoint keep-alive intervals two orders of magnitude apart make a difference of at most 10 %.',
      place,
      examine: allOf((data) => {
        const intervals = data.numbersOf('endpointKeepAlive');
        return policies.map((policy) => {
          const at = (interval: number) => meanOver(data, speed, { policy, endpointKeepAlive: interval });
          return {
            what: `${nameOf(policy)}, handling speed lost, in percent of that with the smallest interval`,
            sample: zip([at(intervals[0]!), at(intervals.at(-1)!)], ([from, to]) => 100 * (1 - to! / from!)),
            above: -10,
            below: 10,
            unit: '%',
          };
        });
      }),
    },
  ],
};
