/**
 * Do components of different makers work together? Registrars, elements and users of RSPLIB and of rsplab's own, in any
 * mixture, under each of the ways in which an element may go, and when the registrar of the elements is killed, one of
 * three then: two of the one kind, and one of the other.
 *
 * Expectation: the protocols do not say who made whom, so every mixture loses no request, and its failovers take what
 * is predicted; but an element of RSPLIB's answers the echo of a cookie late, whoever its user is. A killed registrar
 * costs no request its element.
 */
import {
  at,
  busy,
  every,
  experiment,
  exponential,
  freeze,
  kill,
  noRequestLost,
  poolAtFullStrength,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
  shutdown,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

const ofElements = { kill, powerOff, freeze, shutdown };
const otherThan = { rsplib: 'native', native: 'rsplib' } as const;

export default experiment({
  name: 'mixtures',
  topology: ({ fault }) => dualHomed({ registrars: fault === 'registrarKill' ? 3 : 1, elements: 3, users: 3 }),
  vary: {
    fault: ['kill', 'powerOff', 'freeze', 'shutdown', 'registrarKill'],
    registrar: ['rsplib', 'native'],
    element: ['rsplib', 'native'],
    user: ['rsplib', 'native'],
  },
  deploy: ({ registrar: maker, element, user }) => ({
    registrars: (index) =>
      registrar({
        implementation: index === 1 ? otherThan[maker] : maker,
        maxBadPeReports: 1,
        peerHeartbeatCycle: s(1),
        peerMaxTimeLastHeard: s(2),
        peerMaxTimeNoResponse: s(2),
      }),
    elements: poolElement({ implementation: element, policy: 'LeastUsed', cookieInterval: 2e5, keepAlive: s(1) }),
    users: poolUser({
      implementation: user,
      keepAlive: s(1),
      requestSize: exponential(8e6),
      requestInterval: exponential(s(6)),
    }),
  }),
  phases: { warmUp: s(4), measure: s(24), drain: s(6) },
  faults: ({ fault }) =>
    fault === 'registrarKill'
      ? [at(s(4), kill(busy('registrars')), { lasting: s(16) })]
      : [every(s(8), ofElements[fault](busy('elements')), { first: s(2), lasting: s(4) })],
  checks: [noRequestLost(), poolAtFullStrength({ within: s(8) })],
});
