/**
 * How long does a request stall when its pool element hangs?
 *
 * Expectation: the transport still acknowledges, so only the session keep-alive finds out, as at a power-off. The
 * element comes back with requests that nobody waits for any more.
 */
import {
  busy,
  every,
  experiment,
  exponential,
  failoverDelay,
  freeze,
  noRequestLost,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'element-freeze',
  topology: dualHomed({ elements: 3, users: 3 }),
  vary: { keepAlive: [s(1), s(3)] },
  deploy: ({ keepAlive }) => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6, keepAlive }),
    users: poolUser({ keepAlive, requestSize: exponential(5e6), requestInterval: exponential(s(8)) }),
  }),
  phases: { warmUp: s(5), measure: s(36), drain: s(8) },
  faults: [every(s(12), freeze(busy('elements')), { first: s(4), lasting: s(6) })],
  checks: [noRequestLost(), failoverDelay({ maxBelow: s(8) })],
});
