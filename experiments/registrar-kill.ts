/**
 * How long do pool elements and users do without the registrar that they rely on, when it is killed?
 *
 * Expectation: users turn to another registrar at once, for its kernel closes their associations. Its elements keep
 * serving, but nobody looks after them until the peers have missed it (peerMaxTimeLastHeard), asked in vain
 * (peerMaxTimeNoResponse) and taken over: two patiences, less what had passed since its last heartbeat. Back again, it
 * learns the handlespace from a mentor within a heartbeat, and all agree.
 */
import {
  at,
  busy,
  experiment,
  exponential,
  kill,
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
  name: 'registrar-kill',
  topology: ({ registrars }) => dualHomed({ registrars, elements: 3, users: 3 }),
  vary: { registrars: [2, 3], patience: [s(2), s(5)] },
  deploy: ({ patience }) => ({
    registrars: registrar({
      peerHeartbeatCycle: s(patience / 2),
      peerMaxTimeLastHeard: patience,
      peerMaxTimeNoResponse: patience,
    }),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6 }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(3)) }),
  }),
  phases: { warmUp: s(5), measure: s(32), drain: s(5) },
  faults: [at(s(4), kill(busy('registrars')), { lasting: s(16) })],
  checks: [noRequestLost(), registrarsAgree({ within: s(8) }), poolAtFullStrength({ within: s(8) })],
});
