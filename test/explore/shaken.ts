/**
 * What the tests of explorations run: three elements of which one may die at a time. Silence takes a second to notice,
 * too long for the check, and a death that the kernel tells of does not.
 *
 * Expectation: only power-offs are left over.
 */
import {
  chaos,
  experiment,
  exponential,
  failoverDelay,
  noRequestLost,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../../harness/index.js';
import { dualHomed } from '../../topologies/dual-homed.js';

export default experiment({
  name: 'shaken',
  topology: dualHomed({ elements: 3, users: 3 }),
  vary: { gap: [4, 40] },
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement(),
    users: poolUser({ requestInterval: exponential(s(6)), requestSize: exponential(4e6) }),
  }),
  phases: { measure: s(60), drain: s(10) },
  faults: ({ gap }, { seed, topology, over }) =>
    chaos(seed, {
      topology,
      over,
      mtbf: s(gap),
      weights: { kill: 1, powerOff: 1, impair: 2 },
      limits: { down: { elements: 1 }, healWithin: s(6) },
    }),
  checks: [failoverDelay({ maxBelow: s(0.8) }), noRequestLost()],
});
