/**
 * Figure 8 of the paper: what does it cost when fewer and fewer shutdowns are clean, and how much does it matter how
 * soon users notice? Elements fail every 5 mean request handling times (50 s).
 *
 * Expectation: section 5.1.2 reports that the fewer clean shutdowns, the higher the utilisation and the lower the
 * handling speed, least so for Least Used and most for Random; and that the session keep-alive interval hardly
 * touches the utilisation but lowers the handling speed significantly.
 *
 * RSPSIM's script, which the published figure follows (variant `script`), removes an element at the first failure
 * report and has cookies every 1e7 calculations. The text (variant `paper`) says that reports are ignored, and 1e6.
 * `clean` is the clean shutdown probability, `keepAlive` the session keep-alive interval in seconds (the paper's axis
 * divides it by the mean request handling time, 10 s).
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
  name: 'fig08-clean-shutdowns',
  vary: {
    variant: ['script'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    keepAlive: [s(1), s(10), s(100)],
    clean: [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1],
    scale: [1],
  },
  topology: ({ scale }) => singleLan({ registrars: 1, elements: 10 * scale, users: 100 * scale }),
  deploy: ({ variant, policy, keepAlive, clean }) => {
    const { maxBadPeReports, cookieInterval } = choose('variant', variant, variants);
    return {
      registrars: registrar({ maxBadPeReports }),
      elements: poolElement({
        policy,
        cookieInterval,
        cleanShutdownProbability: clean,
        sessionKeepAliveInterval: keepAlive,
      }),
      users: poolUser({ targetUtilisation: 0.6, sessionKeepAliveInterval: keepAlive }),
    };
  },
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: [mtbf(s(50), failure(all('elements')))],
  model: 'rspsim',
});
