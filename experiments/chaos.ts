/**
 * Does the pool keep its promises while everything fails at random: processes, hosts, paths, registrars?
 *
 * Expectation: at least two of four elements serve at any time, so no request is lost, none is completed twice, and
 * failovers repeat no more work than lies between two cookies; once the last fault is healed and a while has passed,
 * all is as it was. The faults follow from `--seed`.
 */
import {
  chaos,
  experiment,
  exponential,
  noDeadElementSelected,
  noDuplicateCompletion,
  noRequestLost,
  poolAtFullStrength,
  poolElement,
  poolUser,
  registrar,
  registrarsAgree,
  repeatedWork,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

/** What the simulator knows too. */
const simulated = { shutdown: 1, kill: 1, powerOff: 1, freeze: 1, cutPath: 1, impair: 1 };

export default experiment({
  name: 'chaos',
  topology: ({ kinds }) => dualHomed({ registrars: kinds === 'all' ? 2 : 1, elements: 4, users: 4 }),
  vary: { kinds: ['all', 'simulated'] },
  deploy: () => ({
    registrars: registrar({
      maxBadPeReports: 3,
      peerHeartbeatCycle: s(1),
      peerMaxTimeLastHeard: s(2),
      peerMaxTimeNoResponse: s(2),
    }),
    // Renewed every 5 s: an idle element that its registrar has removed by mistake does not come back any sooner.
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6, registrationLife: s(15) }),
    users: poolUser({ requestSize: exponential(3e6), requestInterval: exponential(s(6)) }),
  }),
  phases: { settle: s(1), warmUp: s(4), measure: s(60), drain: s(10) },
  faults: ({ kinds }, { seed, topology, over }) =>
    chaos(seed, {
      topology,
      over,
      mtbf: s(3.5),
      ...(kinds === 'simulated' && { weights: simulated }),
      readdress: ['elements'],
      limits: {
        down: { elements: 2, registrars: kinds === 'all' ? 1 : 0 },
        healWithin: s(8),
        recovery: s(5),
        settle: s(12),
      },
    }),
  checks: [
    noRequestLost(),
    noDuplicateCompletion(),
    repeatedWork(),
    // A registrar takes 2.5 s to miss an element; before, it may have to be missed itself, and taken over, in 4 s.
    noDeadElementSelected({ after: s(7) }),
    registrarsAgree({ within: s(8) }),
    poolAtFullStrength({ within: s(8) }),
  ],
});
