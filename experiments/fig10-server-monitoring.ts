/**
 * Figure 10 of the paper: how finely should the registrar watch its elements when requests are short? A request takes
 * 1 s of an element's capacity, failure reports are ignored, and the target utilisation is 25 %.
 *
 * Expectation: section 5.1.4 reports the usual ranking of the policies; that a larger endpoint keep-alive interval and
 * a smaller MTBF make the choice of a dead element more probable and the handling speed significantly lower; and that
 * at a very low MTBF the utilisation falls, since users wait for timeouts while elements have nothing to do.
 *
 * RSPSIM's script, which the published figure follows (variant `script`), has cookies every 1e7 calculations, ten times
 * the request size, which amounts to abort and restart. The text (variant `paper`) says 10 % of the request size.
 * The text does not give the figure's grid; the intervals end at those of figure 11. `mtbf` is in mean request handling
 * times (1 s), `endpointKeepAlive` is the interval in seconds; its timeout is 1 s.
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
  name: 'fig10-server-monitoring',
  vary: {
    variant: ['script'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    mtbf: [2, 5, 10],
    endpointKeepAlive: [s(1), s(2.5), s(5), s(10), s(15), s(20), s(25), s(30)],
    scale: [1],
  },
  topology: ({ scale }) => singleLan({ registrars: 1, elements: 10 * scale, users: 100 * scale }),
  deploy: ({ variant, policy, endpointKeepAlive }) => ({
    registrars: registrar({ endpointKeepAliveInterval: endpointKeepAlive }),
    elements: poolElement({ policy, ...choose('variant', variant, variants) }),
    users: poolUser({ requestSize: exponential(1e6), targetUtilisation: 0.25 }),
  }),
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: ({ mtbf: times }) => [mtbf(s(times), failure(all('elements')))],
  model: 'rspsim',
});
