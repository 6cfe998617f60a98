/**
 * How long does a request stall when its pool element shuts down in good order?
 *
 * Expectation: the element sends a state cookie and closes the association, so the pool user knows within a one-way
 * delay; no work is repeated, and the failover takes a few round trips.
 */
import {
  busy,
  every,
  experiment,
  exponential,
  failoverDelay,
  noRequestLost,
  poolElement,
  poolUser,
  registrar,
  s,
  shutdown,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'element-shutdown',
  topology: dualHomed({ elements: 3, users: 3 }),
  vary: { keepAlive: [s(1), s(3)] },
  deploy: ({ keepAlive }) => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6, keepAlive }),
    users: poolUser({ keepAlive, requestSize: exponential(5e6), requestInterval: exponential(s(8)) }),
  }),
  phases: { warmUp: s(5), measure: s(36), drain: s(8) },
  faults: [every(s(12), shutdown(busy('elements')), { first: s(4), lasting: s(6) })],
  checks: [noRequestLost(), failoverDelay({ maxBelow: s(3) })],
});
