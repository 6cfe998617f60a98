import { allOf, difference, nameOf, ranking } from '../claim.js';
import { type Figure, speedPanel, utilisationPanel } from '../figure.js';
import { change, meanOver, moves, policies, realComponents, speed, utilisation } from './shared.js';

const place = 'Section 5.1.2';
const clean = { name: 'clean', label: 'the clean shutdown probability' };

export const fig08: Figure = {
  name: '8',
  title: 'The impact of clean shutdowns',
  experiment: 'fig08-clean-shutdowns',
  x: { name: 'clean', label: 'Clean shutdown probability [%]', scale: 100 },
  curve: { name: 'keepAlive', label: 'session keep-alive interval [average request handling times]', scale: 0.1 },
  panels: [utilisationPanel, speedPanel],
  quick: { clean: [0, 0.25, 0.5, 0.75, 1], keepAlive: [1, 100] },
  measured: {
    grid: { clean: [0, 0.25, 0.75, 1], keepAlive: [1, 100] },
    measure: 240,
    full: { policy: ['LeastUsed'], keepAlive: [1], clean: [0.5] },
    departures: [...realComponents],
  },
  claims: [
    {
      text: 'Least Used handles requests faster than Round Robin, and Round Robin faster than Random.',
      place: 'Sections 5.1.1 to 5.1.3',
      examine: ranking(speed, policies, 'higher'),
    },
    {
      text: 'The fewer clean shutdowns, the higher the utilisation and the lower the handling speed.',
      place,
      examine: allOf((data) => [
        ...moves(data, { metric: utilisation, ...clean, direction: 'falls' }),
        ...moves(data, { metric: speed, ...clean, direction: 'rises' }),
      ]),
    },
    {
      text: 'This effect is smallest for Least Used and highest for Random.',
      place,
      examine: allOf((data) => {
        const rise = (policy: string) => change(data, utilisation, 'clean', { policy });
        return [
          {
            what: 'rise of the utilisation without clean shutdowns, Round Robin − Least Used',
            sample: difference(rise('LeastUsed'), rise('RoundRobin')),
            above: 0,
          },
          {
            what: 'rise of the utilisation without clean shutdowns, Random − Round Robin',
            sample: difference(rise('RoundRobin'), rise('Random')),
            above: 0,
          },
        ];
      }),
    },
    {
      text: 'The utilisation hardly reacts to an increased session keep-alive interval.',
      place,
      note:
        'Hardly is taken to be less than 3 percentage points. It holds for Least Used, and for the others as long as ' +
        'there is capacity to spare. With few clean shutdowns they are overloaded, and each request that waits for a ' +
        'timeout leaves its user’s other requests in the queue and an element idle.',
      examine: allOf((data) => {
        const [low, high] = [data.numbersOf('keepAlive')[0]!, data.numbersOf('keepAlive').at(-1)!];
        return policies.flatMap((policy) =>
          data.numbersOf('clean').map((probability) => {
            const at = (keepAlive: number) => meanOver(data, utilisation, { policy, keepAlive, clean: probability });
            return {
              what: `${nameOf(policy)}, utilisation at ${high} s − at ${low} s, ${100 * probability} % clean`,
              sample: difference(at(high), at(low)),
              above: -3,
              below: 3,
            };
          }),
        );
      }),
    },
    {
      text: 'The session keep-alive interval has a significant impact on the handling speed.',
      place,
      examine: allOf((data) =>
        moves(data, { metric: speed, name: 'keepAlive', label: 'the session keep-alive interval', direction: 'falls' }),
      ),
    },
  ],
};
