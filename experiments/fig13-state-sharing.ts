/**
 * Figure 13 of the paper: how often should an element send its users state cookies? Work since the last one is lost
 * when the element fails, and done again elsewhere.
 *
 * Expectation: section 5.2.2 reports that the larger the cookie interval and the smaller the MTBF, the higher the
 * utilisation and the lower the handling speed, and that Least Used is better than Round Robin and Round Robin better
 * than Random in both.
 *
 * RSPSIM's script, which the published figure follows (variant `script`), removes an element at the first failure
 * report; the text (variant `paper`) says that reports are ignored. `mtbf` is in mean request handling times (10 s),
 * `cookie` is the cookie interval (CookieMaxCalcs) over the mean request size.
 * `scale` multiplies elements and users alike; the paper has 1.
 */
import {
  all,
  choose,
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

const variants = { script: { maxBadPeReports: 1 }, paper: { maxBadPeReports: Number.POSITIVE_INFINITY } };

export default experiment({
  name: 'fig13-state-sharing',
  vary: {
    variant: ['script'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    mtbf: [2, 5, 10],
    cookie: [0.001, 0.01, 0.05, 0.1, 0.175, 0.25, 0.375, 0.5, 0.75, 1],
    scale: [1],
  },
  topology: ({ scale }) => singleLan({ registrars: 1, elements: 10 * scale, users: 100 * scale }),
  deploy: ({ variant, policy, cookie }) => ({
    registrars: registrar(choose('variant', variant, variants)),
    elements: poolElement({ policy, cookieInterval: cookie * 1e7 }),
    users: poolUser({ targetUtilisation: 0.6 }),
  }),
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: ({ mtbf: times }) => [mtbf(s(10 * times), failure(all('elements')))],
  model: 'rspsim',
});
