import { cookiesPerRequest } from '../../../harness/sim/formulas.js';
import { allOf, zip } from '../claim.js';
import type { Figure, Panel, Series } from '../figure.js';
import { meanOver, policies } from './shared.js';

const place = 'Section 5.2.2, Equation (1)';
const mtbfs = [1, 2, 5, 10, 100] as const;
export const cookiesPanel: Panel = { name: 'cookies', metric: 'cookies', label: 'Cookies per request [1]' };

/** Cookies per request where the axis ends: the curves go to infinity at 100 %. */
const highest = 100;
const begin = 90;
const steps = 200;

/** The paper's figure: Equation (1) alone. Sampled evenly in both directions, since the curves end almost upright. */
export const cookieSeries = (): Series[] =>
  mtbfs.map((mtbf, index) => {
    const end = 100 - 50 / (mtbf * highest);
    const points = Array.from({ length: steps + 1 }, (_, step) => {
      const x = end - (end - begin) * (1 - step / steps) ** 3;
      // Rounded, or the last point would lie above the axis by the noise of a double.
      const mean = Number(cookiesPerRequest({ mtbf, goodput: x / 100 }).toPrecision(9));
      return { x, mean, low: mean, high: mean, n: 0 };
    });
    return { policy: null, index, curve: mtbf, points };
  });

export const fig14: Figure = {
  name: '14',
  title: 'The number of cookies',
  experiment: 'fig14-number-of-cookies',
  x: { name: 'goodput', label: 'Goodput ratio [%]', scale: 100 },
  curve: { name: 'mtbf', label: 'Pool element MTBF [average request handling times]' },
  panels: [cookiesPanel],
  quick: { mtbf: [10], goodput: [0.98] },
  claims: [
    {
      text: 'A goodput ratio of 98 % at an MTBF of 10 request times costs few cookies per request.',
      place,
      examine: () => {
        const cookies = cookiesPerRequest({ mtbf: 10, goodput: 0.98 });
        return {
          verdict: cookies < 5 ? 'holds' : 'does not hold',
          test: 'Equation (1), exactly; few is taken to be less than 5',
          numbers: [`${Number(cookies.toPrecision(6))} cookies per request by the formula`],
        };
      },
    },
    {
      text: 'So it does when counted: at the interval of Equation (1), cookies per completed request.',
      place,
      examine: allOf((data) =>
        policies.map((policy) => {
          const at = { policy, mtbf: 10, goodput: 0.98 };
          const counted = [meanOver(data, 'cookies', at), meanOver(data, 'requests_completed', at)];
          return { what: policy, sample: zip(counted, ([n, of]) => n! / of!), below: 5, unit: 'cookies per request' };
        }),
      ),
    },
    {
      text: 'The goodput that Equation (1) is asked for comes out: 98 % of the work done is not lost.',
      place,
      note:
        'Within one percentage point. Equation (1) takes an element to have one request at a time; the worse the policy, ' +
        'the more share an element, and each of them loses half an interval.',
      examine: allOf((data) =>
        policies.map((policy) => {
          const at = { policy, mtbf: 10, goodput: 0.98 };
          const work = [meanOver(data, 'completed_calculations', at), meanOver(data, 'performed_calculations', at)];
          return {
            what: policy,
            sample: zip(work, ([kept, done]) => (100 * kept!) / done!),
            above: 97,
            below: 99,
            unit: '%',
          };
        }),
      ),
    },
  ],
};
