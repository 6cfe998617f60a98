/**
 * Figure 7 of the paper: what does it cost when elements come and go often, but always say goodbye? Every shutdown is
 * clean: the element hands its users a cookie with all its work, deregisters, and is back at once as a stranger.
 *
 * Expectation: section 5.1.1 reports that only a very low MTBF together with network delay is critical; that Least Used
 * is best; that Round Robin comes close to Random when the MTBF is low, since no list of elements lasts long enough to
 * take turns; and that the utilisation stays at the 60 % asked for, except at extremely low MTBF.
 *
 * RSPSIM's script, which the published figure follows (variant `script`), leaves all keep-alive intervals and timeouts
 * and the request timeout at 50 s and the cookie interval at 1e7 calculations. The text (variant `paper`) says 1 s and
 * 1e6. It matters: a request on its way to an element that shuts down is lost and costs one request timeout.
 * `mtbf` is in mean request handling times (10 s), `delay` in seconds, one way.
 * `scale` multiplies elements and users alike; the paper has 1.
 */
import {
  all,
  choose,
  experiment,
  failure,
  minutes,
  ms,
  mtbf,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../harness/index.js';
import { singleLan } from '../topologies/single-lan.js';

const variants = {
  script: { wait: s(50), cookieInterval: 1e7 },
  paper: { wait: s(1), cookieInterval: 1e6 },
};

export default experiment({
  name: 'fig07-dynamic-pools',
  vary: {
    variant: ['script'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    delay: [ms(0), ms(10), ms(50)],
    mtbf: [0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3.75, 5],
    scale: [1],
  },
  topology: ({ delay, scale }) => singleLan({ registrars: 1, elements: 10 * scale, users: 100 * scale, delay }),
  deploy: ({ variant, policy }) => {
    const { wait, cookieInterval } = choose('variant', variant, variants);
    return {
      registrars: registrar({ endpointKeepAliveInterval: wait, endpointKeepAliveTimeout: wait }),
      elements: poolElement({ policy, cookieInterval, cleanShutdownProbability: 1, keepAlive: wait }),
      users: poolUser({ targetUtilisation: 0.6, keepAlive: wait }),
    };
  },
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: ({ mtbf: times }) => [mtbf(s(10 * times), failure(all('elements')))],
  model: 'rspsim',
});
