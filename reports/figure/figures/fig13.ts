import { allOf, ranking } from '../claim.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { moves, policies, realComponents, speed, utilisation } from './shared.js';

const place = 'Section 5.2.2';
const cookie = { name: 'cookie', label: 'the cookie interval' };
const mtbf = { name: 'mtbf', label: 'the MTBF' };

export const fig13: Figure = {
  name: '13',
  title: 'Using client-based state sharing for the session failover',
  experiment: 'fig13-state-sharing',
  x: { name: 'cookie', label: 'Cookie interval CookieMaxCalcs : average request size [1]' },
  curve: { name: 'mtbf', label: 'pool element MTBF [average request handling times]' },
  panels: [utilisationPanel, speedPanel],
  quick: { cookie: [0.01, 0.1, 0.25, 0.5, 1], mtbf: [2, 10] },
  measured: {
    grid: { cookie: [0.01, 0.1, 0.5, 1], mtbf: [2, 10] },
    measure: 120,
    full: { policy: ['LeastUsed'], mtbf: [5], cookie: [0.1] },
    departures: [...realComponents],
  },
  claims: [
    {
      text: 'The larger the cookie interval, the higher the utilisation and the lower the handling speed.',
      place,
      examine: allOf((data) => [
        ...moves(data, { metric: utilisation, ...cookie, direction: 'rises' }),
        ...moves(data, { metric: speed, ...cookie, direction: 'falls' }),
      ]),
    },
    {
      text: 'The smaller the MTBF, the higher the utilisation and the lower the handling speed.',
      place,
      examine: allOf((data) => [
        ...moves(data, { metric: utilisation, ...mtbf, direction: 'falls' }),
        ...moves(data, { metric: speed, ...mtbf, direction: 'rises' }),
      ]),
    },
    {
      text: 'Least Used handles requests faster than Round Robin, and Round Robin faster than Random.',
      place,
      examine: ranking(speed, policies, 'higher'),
    },
    {
      text: 'Least Used has a lower utilisation than Round Robin, and Round Robin than Random.',
      place,
      note:
        'It fails at MTBF 2 and large cookie intervals, where all are overloaded: there a high utilisation is a sign of ' +
        'elements that are kept busy rather than of work that is lost.',
      examine: ranking(utilisation, policies, 'lower'),
    },
  ],
};
