/**
 * Is an element of another build as quick?
 *
 * Expectation: as quick as the build is. Every few seconds one dies, so that a short run has some failovers.
 */
import {
  busy,
  every,
  experiment,
  exponential,
  kill,
  noRequestLost,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../../../harness/index.js';
import { dualHomed } from '../../../topologies/dual-homed.js';

export default experiment({
  name: 'gated',
  topology: dualHomed({ elements: 2, users: 2 }),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'Random', capacity: 1e6 }),
    users: poolUser({ requestSize: exponential(2e6), requestInterval: exponential(s(1)) }),
  }),
  phases: { warmUp: s(1), measure: s(15), drain: s(2) },
  faults: [every(s(3), kill(busy('elements')), { first: s(1), lasting: s(1) })],
  checks: [noRequestLost()],
  gate: { replications: 2, budget: 2 },
});
