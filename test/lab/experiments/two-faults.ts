/**
 * Do faults strike as they should, where hosts are few and dear: real ones, or containers?
 *
 * Expectation: yes, and every one of them is healed.
 */
import {
  at,
  busy,
  experiment,
  exponential,
  kill,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../../../harness/index.js';
import { dualHomed } from '../../../topologies/dual-homed.js';

export default experiment({
  name: 'two-faults',
  topology: dualHomed({ elements: 2, users: 1 }),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6 }),
    users: poolUser({ requestSize: exponential(2e6), requestInterval: exponential(s(2)) }),
  }),
  phases: { settle: s(0.5), warmUp: s(1), measure: s(18), drain: s(2) },
  faults: [
    at(s(2), kill(busy('elements')), { lasting: s(3) }),
    at(s(9), powerOff(busy('elements')), { lasting: s(4) }),
  ],
});
