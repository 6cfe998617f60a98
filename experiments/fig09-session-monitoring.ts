/**
 * Figure 9 of the paper: how finely should users watch their elements, and does it matter how finely the registrar
 * does? Elements fail without a word every 5 mean request handling times (50 s), at a target utilisation of 40 %.
 *
 * Expectation: section 5.1.3 reports that the handling speed falls with the session keep-alive interval whatever the
 * policy; utilisations of about 47 % for Random, 45 % for Round Robin and 43.5 % for Least Used; and that endpoint
 * keep-alive intervals two orders of magnitude apart make a difference of at most 10 %.
 *
 * RSPSIM's script, which the published figure follows (variant `script`), removes an element at the first failure
 * report and has cookies every 1e7 calculations. The text (variant `paper`) says that reports are ignored, and 1e6.
 * `sessionKeepAlive` and `endpointKeepAlive` are intervals in seconds; both timeouts are 1 s.
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

const variants = {
  script: { maxBadPeReports: 1, cookieInterval: 1e7 },
  paper: { maxBadPeReports: Number.POSITIVE_INFINITY, cookieInterval: 1e6 },
};

export default experiment({
  name: 'fig09-session-monitoring',
  vary: {
    variant: ['script'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    endpointKeepAlive: [s(1), s(10), s(100)],
    sessionKeepAlive: [s(1), s(10), s(20), s(30), s(40), s(50), s(60), s(70), s(80), s(90), s(100)],
    scale: [1],
  },
  topology: ({ scale }) => singleLan({ registrars: 1, elements: 10 * scale, users: 100 * scale }),
  deploy: ({ variant, policy, endpointKeepAlive, sessionKeepAlive }) => {
    const { maxBadPeReports, cookieInterval } = choose('variant', variant, variants);
    return {
      registrars: registrar({ maxBadPeReports, endpointKeepAliveInterval: endpointKeepAlive }),
      elements: poolElement({ policy, cookieInterval, sessionKeepAliveInterval: sessionKeepAlive }),
      users: poolUser({ targetUtilisation: 0.4, sessionKeepAliveInterval: sessionKeepAlive }),
    };
  },
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: [mtbf(s(50), failure(all('elements')))],
  model: 'rspsim',
});
