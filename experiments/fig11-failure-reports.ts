/**
 * Figure 11 of the paper: can failure reports of users stand in for the registrar's own keep-alives? As figure 10, with
 * an MTBF of 5 mean request handling times (5 s) and an element removed after `maxBadPeReports` reports.
 *
 * Expectation: section 5.1.4 reports that with MAX-BAD-PE-REPORT = 1 an endpoint keep-alive interval 30 times larger
 * costs only about 4 % of handling speed, and that the interval matters the more, the more reports it takes.
 *
 * RSPSIM's script, which the published figure follows (variant `script`), has cookies every 1e7 calculations, ten times
 * the request size, which amounts to abort and restart. The text (variant `paper`) says 10 % of the request size.
 * `endpointKeepAlive` is the interval in seconds; its timeout is 1 s.
 * `scale` multiplies elements and users alike; the paper has 1.
 */
import {
  all,
  choose,
  experiment,
  exponential,
  failure,
  minutes,
  mtbf,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../harness/index.js';
import { singleLan } from '../topologies/single-lan.js';

const variants = { script: { cookieInterval: 1e7 }, paper: { cookieInterval: 1e5 } };

export default experiment({
  name: 'fig11-failure-reports',
  vary: {
    variant: ['script'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    endpointKeepAlive: [s(1), s(5), s(30)],
    maxBadPeReports: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    scale: [1],
  },
  topology: ({ scale }) => singleLan({ registrars: 1, elements: 10 * scale, users: 100 * scale }),
  deploy: ({ variant, policy, endpointKeepAlive, maxBadPeReports }) => ({
    registrars: registrar({ endpointKeepAliveInterval: endpointKeepAlive, maxBadPeReports }),
    elements: poolElement({ policy, ...choose('variant', variant, variants) }),
    users: poolUser({ requestSize: exponential(1e6), targetUtilisation: 0.25 }),
  }),
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: [mtbf(s(5), failure(all('elements')))],
  model: 'rspsim',
});
