/**
 * How long does a request stall when its pool element goes silent?
 *
 * Expectation: nobody is told, so the pool user must find out by its session keep-alive: the failover takes between one
 * keep-alive timeout and a whole interval and timeout, and grows with both.
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
  powerOff,
  registrar,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'element-power-off',
  topology: dualHomed({ elements: 3, users: 3 }),
  vary: { keepAlive: [s(1), s(3)] },
  deploy: ({ keepAlive }) => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6, keepAlive }),
    users: poolUser({ keepAlive, requestSize: exponential(5e6), requestInterval: exponential(s(8)) }),
  }),
  phases: { warmUp: s(5), measure: s(36), drain: s(8) },
  faults: [every(s(12), powerOff(busy('elements')), { first: s(4), lasting: s(6) })],
  checks: [noRequestLost(), failoverDelay({ maxBelow: s(8) })],
});
