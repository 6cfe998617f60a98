/**
 * How does a pool serve its users when its elements fail every 100 s on average, and at what price in utilisation? The
 * base scenario of the paper (section 4): 10 elements, 100 users, target utilisation 60 %.
 *
 * Expectation: work since the last cookie is done again, so utilisation lies a few percent above the target, and Least
 * Used is faster than Round Robin, which is faster than Random. The scale multiplies elements and users alike and
 * changes little but the time it takes to simulate.
 */
import { all, experiment, failure, minutes, mtbf, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { singleLan } from '../topologies/single-lan.js';

export default experiment({
  name: 'paper-base',
  vary: { policy: ['LeastUsed', 'RoundRobin', 'Random'], scale: [1] },
  topology: ({ scale }) => singleLan({ registrars: 1, elements: 10 * scale, users: 100 * scale }),
  deploy: ({ policy }) => ({
    registrars: registrar({ maxBadPeReports: Number.POSITIVE_INFINITY }),
    elements: poolElement({ policy, capacity: 1e6, cookieInterval: 1e6, cleanShutdownProbability: 0 }),
    users: poolUser({ targetUtilisation: 0.6 }),
  }),
  phases: { settle: minutes(5), warmUp: minutes(5), measure: minutes(60) },
  faults: [mtbf(s(100), failure(all('elements')))],
  model: 'rspsim',
});
