/**
 * Do faults strike real hosts as they strike those of a lab?
 *
 * Expectation: yes, and every one of them is healed.
 */
import {
  at,
  cutPath,
  experiment,
  exponential,
  freeze,
  isolate,
  kill,
  named,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
  shutdown,
} from '../../../harness/index.js';
import { dualHomed } from '../../../topologies/dual-homed.js';

export default experiment({
  name: 'remote',
  topology: dualHomed({ elements: 2, users: 1 }),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'RoundRobin' }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(2)) }),
  }),
  phases: { settle: s(1), warmUp: s(2), measure: s(62), drain: s(5) },
  faults: [
    at(s(2), shutdown(named('pe1')), { lasting: s(3) }),
    at(s(12), kill(named('pe2')), { lasting: s(3) }),
    at(s(22), freeze(named('pe1')), { lasting: s(4) }),
    at(s(32), powerOff(named('pe2')), { lasting: s(4) }),
    at(s(42), isolate(named('pe1')), { lasting: s(4) }),
    at(s(52), cutPath(named('pe2'), 'red'), { lasting: s(4) }),
  ],
});
