/**
 * Figure 14 of the paper: how many cookies does a given goodput cost? The figure itself is Equation (1) alone; this
 * experiment sets the cookie interval by it and so asks whether the goodput wanted comes out.
 *
 * Expectation: section 5.2.2 reports that the number of cookies per request stays small unless the goodput wanted is
 * extremely high, e.g. at a goodput of 98 % and an MTBF of 10 mean request handling times (10 s).
 *
 * There is no script for this figure. `variant` has one value for both: failure reports are off and cookies count
 * calculations, as in the text. Equation (1) takes an element to serve one request at a time.
 */
import {
  all,
  choose,
  cookieIntervalFor,
  experiment,
  failure,
  minutes,
  mtbf,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../harness/index.js';
import { singleLan } from '../topologies/single-lan.js';

const variants = { script: {}, paper: {} };

export default experiment({
  name: 'fig14-number-of-cookies',
  vary: {
    variant: ['script'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    mtbf: [5, 10, 20],
    goodput: [0.95, 0.98, 0.99],
  },
  topology: singleLan({ registrars: 1, elements: 10, users: 100 }),
  deploy: ({ variant, policy, mtbf: times, goodput }) => ({
    registrars: registrar(choose('variant', variant, variants)),
    elements: poolElement({ policy, cookieInterval: cookieIntervalFor({ mtbf: 10 * times, capacity: 1e6, goodput }) }),
    users: poolUser({ targetUtilisation: 0.6 }),
  }),
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: ({ mtbf: times }) => [mtbf(s(10 * times), failure(all('elements')))],
  model: 'rspsim',
});
