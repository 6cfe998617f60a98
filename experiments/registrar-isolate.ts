/**
 * Does a pool recover when the registrar that its elements rely on is cut off for a while, and comes back?
 *
 * Expectation: its peers take its elements over; users whose handle resolution it does not answer ask another registrar
 * after RSPLIB's timeout of 3 s. Coming back it believes that all elements are dead, for they did not answer it either:
 * what it tells its peers about that must not harm elements that are theirs by now. Where it does, elements are back
 * when they renew their registration, after a third of its life.
 */
import {
  at,
  busy,
  experiment,
  exponential,
  isolate,
  noRequestLost,
  poolAtFullStrength,
  poolElement,
  poolUser,
  registrar,
  registrarsAgree,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'registrar-isolate',
  topology: ({ registrars }) => dualHomed({ registrars, elements: 3, users: 3 }),
  vary: { registrars: [2, 3], registrationLife: [s(300), s(15)] },
  deploy: ({ registrationLife }) => ({
    registrars: registrar({ peerHeartbeatCycle: s(1), peerMaxTimeLastHeard: s(2), peerMaxTimeNoResponse: s(2) }),
    elements: poolElement({ policy: 'RoundRobin', capacity: 1e6, cookieInterval: 1e6, registrationLife }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(3)) }),
  }),
  phases: { warmUp: s(5), measure: s(40), drain: s(5) },
  faults: [at(s(4), isolate(busy('registrars')), { lasting: s(16) })],
  checks: [noRequestLost(), registrarsAgree({ within: s(10) }), poolAtFullStrength({ within: s(10) })],
});
