/**
 * How long does a request stall when its pool element's process is killed?
 *
 * Expectation: the kernel of the dead process closes its associations, so the pool user knows within a one-way delay,
 * as at a shutdown; but the work since the last cookie is repeated.
 */
import {
  busy,
  every,
  experiment,
  exponential,
  failoverDelay,
  kill,
  noRequestLost,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'element-kill',
  topology: dualHomed({ elements: 3, users: 3 }),
  vary: { keepAlive: [s(1), s(3)] },
  deploy: ({ keepAlive }) => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6, keepAlive }),
    users: poolUser({ keepAlive, requestSize: exponential(5e6), requestInterval: exponential(s(8)) }),
  }),
  phases: { warmUp: s(5), measure: s(36), drain: s(8) },
  faults: [every(s(12), kill(busy('elements')), { first: s(4), lasting: s(6) })],
  checks: [noRequestLost(), failoverDelay({ maxBelow: s(3) })],
});
