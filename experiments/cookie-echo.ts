/**
 * Does a pool element answer a state cookie when it arrives, or only when the next message wakes it? Elements are
 * killed, which users notice at once, so that the session keep-alive interval plays no part in the detection. With
 * cookies a request resumes by a cookie echo, without by being sent again.
 *
 * Expectation: RFC 5352 has no reason to wait, so a request should resume one round trip (20 ms) after the association
 * is up, at any session keep-alive interval, with cookies or without.
 */
import {
  busy,
  every,
  experiment,
  exponential,
  kill,
  noRequestLost,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'cookie-echo',
  topology: dualHomed({ elements: 3, users: 3 }),
  vary: { cookies: [true, false], keepAlive: [s(0.5), s(1), s(2), s(4)] },
  deploy: ({ cookies, keepAlive }) => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: poolElement({
      policy: 'LeastUsed',
      cookieInterval: cookies ? 2e5 : Number.POSITIVE_INFINITY,
      keepAlive,
    }),
    users: poolUser({ keepAlive, requestSize: exponential(8e6), requestInterval: exponential(s(6)) }),
  }),
  phases: { warmUp: s(8), measure: s(80), drain: s(10) },
  faults: [every(s(8), kill(busy('elements')), { first: s(2), lasting: s(3) })],
  checks: [noRequestLost()],
});
