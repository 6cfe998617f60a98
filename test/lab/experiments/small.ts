/**
 * What can differ between two runs of the same plan?
 *
 * Expectation: nothing, though all kinds of chance are in it: the plan's, RSPLIB's, the kernel's and netem's.
 */
import {
  at,
  busy,
  experiment,
  exponential,
  impair,
  ms,
  noRequestLost,
  one,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../../../harness/index.js';
import { dualHomed } from '../../../topologies/dual-homed.js';

export default experiment({
  name: 'small',
  topology: dualHomed({ elements: 2, users: 2 }),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'Random', capacity: 1e6 }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(0.5)) }),
  }),
  phases: { warmUp: s(1), measure: s(7), drain: s(1) },
  faults: [
    at(s(0.5), impair(one('users'), { lossPercent: 5, delay: ms(5), jitter: ms(2) }), { lasting: s(4) }),
    at(s(2), powerOff(busy('elements')), { lasting: s(3) }),
  ],
  checks: [noRequestLost()],
});
