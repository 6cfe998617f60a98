/**
 * Do components of different makers work together? Registrars, elements and users of RSPLIB and of rsplab's own, in any
 * mixture, under each of the ways in which an element may go.
 *
 * Expectation: the protocols do not say who made whom, so every mixture loses no request, and its failovers take what
 * is predicted; but an element of RSPLIB's answers the echo of a cookie late, whoever its user is.
 */
import {
  busy,
  every,
  experiment,
  exponential,
  freeze,
  kill,
  noRequestLost,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
  shutdown,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

const faults = { kill, powerOff, freeze, shutdown };

export default experiment({
  name: 'mixtures',
  topology: dualHomed({ elements: 3, users: 3 }),
  vary: {
    fault: ['kill', 'powerOff', 'freeze', 'shutdown'],
    registrar: ['rsplib', 'native'],
    element: ['rsplib', 'native'],
    user: ['rsplib', 'native'],
  },
  deploy: ({ registrar: maker, element, user }) => ({
    registrars: registrar({ implementation: maker, maxBadPeReports: 1 }),
    elements: poolElement({ implementation: element, policy: 'LeastUsed', cookieInterval: 2e5, keepAlive: s(1) }),
    users: poolUser({
      implementation: user,
      keepAlive: s(1),
      requestSize: exponential(8e6),
      requestInterval: exponential(s(6)),
    }),
  }),
  phases: { warmUp: s(8), measure: s(80), drain: s(10) },
  faults: ({ fault }) => [every(s(8), faults[fault](busy('elements')), { first: s(2), lasting: s(4) })],
  checks: [noRequestLost()],
});
