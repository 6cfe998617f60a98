/**
 * Do all faults of the network strike real hosts, one after the other?
 *
 * Expectation: yes, and every one of them is healed.
 */
import {
  at,
  cutPath,
  experiment,
  exponential,
  flap,
  freeze,
  impair,
  isolate,
  named,
  partition,
  poolElement,
  poolUser,
  registrar,
  s,
  shutdown,
} from '../../../harness/index.js';
import { dualHomed } from '../../../topologies/dual-homed.js';

const [one, other] = [named('pe1'), named('pe2')];

export default experiment({
  name: 'remote-faults',
  topology: dualHomed({ elements: 2, users: 1 }),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6 }),
    users: poolUser({ requestSize: exponential(2e6), requestInterval: exponential(s(2)) }),
  }),
  phases: { settle: s(0.5), warmUp: s(1), measure: s(44), drain: s(2) },
  faults: [
    at(s(1), freeze(one), { lasting: s(4) }),
    at(s(7), isolate(one), { lasting: s(4) }),
    at(s(13), cutPath(one, 'red'), { lasting: s(4) }),
    at(s(19), impair(one, { lossPercent: 20, delay: s(0.05) }), { lasting: s(4) }),
    at(s(25), flap(other, { down: s(0.5), up: s(0.5) }), { lasting: s(4) }),
    at(s(31), partition([['pe2'], ['pu1']]), { lasting: s(4) }),
    at(s(37), shutdown(other), { lasting: s(2) }),
  ],
});
