/** What does a pool notice of a registrar that is killed and comes back, and of an element that never does? */
import {
  at,
  busy,
  experiment,
  exponential,
  kill,
  named,
  noRequestLost,
  poolAtFullStrength,
  poolElement,
  poolUser,
  registrar,
  registrarsAgree,
  s,
} from '../../../harness/index.js';
import { dualHomed } from '../../../topologies/dual-homed.js';

export default experiment({
  name: 'registrars',
  topology: dualHomed({ registrars: 3, elements: 3, users: 2 }),
  deploy: () => ({
    registrars: registrar({ peerHeartbeatCycle: s(1), peerMaxTimeLastHeard: s(1), peerMaxTimeNoResponse: s(1) }),
    // By a policy of load they might register elsewhere by themselves, before anybody had to take them over. These do
    // so every 10 s: well after the takeover, and well before the registrar is back.
    elements: poolElement({ policy: 'RoundRobin', registrationLife: s(30) }),
    users: poolUser({ requestSize: exponential(5e5), requestInterval: exponential(s(1.5)) }),
  }),
  phases: { warmUp: s(3), measure: s(19), drain: s(9) },
  faults: [at(s(2), kill(busy('registrars')), { lasting: s(9) }), at(s(17), kill(named('pe3')))],
  checks: [noRequestLost(), registrarsAgree({ within: s(8) }), poolAtFullStrength({ within: s(5) })],
});
