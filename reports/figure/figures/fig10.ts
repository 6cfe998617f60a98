import { allOf, nameOf, ranking } from '../claim.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { change, moves, policies, realComponents, speed, utilisation } from './shared.js';

const place = 'Section 5.1.4';

export const fig10: Figure = {
  name: '10',
  title: 'The impact of pool element health monitoring',
  experiment: 'fig10-server-monitoring',
  x: { name: 'endpointKeepAlive', label: 'Endpoint keep-alive interval [s]' },
  curve: { name: 'mtbf', label: 'pool element MTBF [average request handling times]' },
  panels: [utilisationPanel, speedPanel],
  quick: { endpointKeepAlive: [1, 5, 15, 30], mtbf: [2, 10] },
  measured: {
    grid: { endpointKeepAlive: [1, 5, 15, 30], mtbf: [2, 10] },
    measure: 60,
    full: { policy: ['LeastUsed'], mtbf: [5], endpointKeepAlive: [5] },
    departures: [
      ...realComponents,
      'At an MTBF of 2 s, an element that takes 0.4 s to return is away for a sixth of its time.',
    ],
  },
  claims: [
    {
      text: 'The ranking of the policies remains as expected: Least Used before Round Robin before Random.',
      place,
      examine: ranking(speed, policies, 'higher'),
    },
    {
      text: 'The higher the endpoint keep-alive interval, the lower the handling speed, significantly.',
      place,
      examine: allOf((data) =>
        moves(data, {
          ...{ metric: speed, direction: 'falls' },
          ...{ name: 'endpointKeepAlive', label: 'the endpoint keep-alive interval' },
        }),
      ),
    },
    {
      text: 'The smaller the MTBF, the lower the handling speed.',
      place,
      examine: allOf((data) => moves(data, { metric: speed, name: 'mtbf', label: 'the MTBF', direction: 'rises' })),
    },
    {
      text: 'For a very low MTBF the utilisation decreases, since users wait for timeouts instead of using elements.',
      place,
      examine: allOf((data) => {
        const mtbf = data.numbersOf('mtbf')[0]!;
        return policies.map((policy) => ({
          what: `${nameOf(policy)}, utilisation over the whole range of the endpoint keep-alive interval at MTBF ${mtbf}`,
          sample: change(data, utilisation, 'endpointKeepAlive', { policy, mtbf }),
          below: 0,
        }));
      }),
    },
  ],
};
