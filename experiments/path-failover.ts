/**
 * How long does SCTP take to move to the other path when a busy element loses one of its two networks, and does the
 * session live to see it?
 *
 * Expectation: nobody is told of the cut, so the first data sent into it waits for one retransmission timeout, at least
 * RTO.min, before its path counts as potentially failed (RFC 7829) and it is sent again over the other network. With
 * Linux's RTO.min of 1 s a session keep-alive of 1 s gives up at that very moment, and users leave an element that is
 * well; with 250 ms, or with keep-alives of 3 s, they stay.
 */
import {
  busy,
  cutPath,
  every,
  experiment,
  exponential,
  ms,
  noRequestLost,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'path-failover',
  topology: ({ rtoMin }) => dualHomed({ elements: 3, users: 3, sctp: { rtoMin } }),
  vary: { rtoMin: [s(1), ms(250)], keepAlive: [s(1), s(3)] },
  deploy: ({ keepAlive }) => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6, keepAlive }),
    users: poolUser({ keepAlive, requestSize: exponential(1e7), requestInterval: exponential(s(10)) }),
  }),
  phases: { warmUp: s(5), measure: s(48), drain: s(8) },
  faults: [every(s(12), cutPath(busy('elements'), 'red'), { first: s(3), lasting: s(6) })],
  checks: [noRequestLost()],
});
