/**
 * How long do elements and users do without their registrar, by the number of registrars, when the busiest one dies?
 *
 * Expectation: the peers miss it after peerMaxTimeLastHeard and ask in vain for peerMaxTimeNoResponse, so it is taken
 * over two patiences after its last heartbeat, however many there are: votes take a round trip, and decide only who
 * takes over. After a kill there is nothing to take over, for its elements notice at once, as its kernel closes their
 * associations, and find another home by themselves. Nor do users wait: they ask another registrar, after a kill at
 * once, after a power-off once their time-out is over.
 *
 * `scale` multiplies elements and users alike.
 */
import {
  at,
  busy,
  choose,
  experiment,
  exponential,
  kill,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'takeover-times',
  vary: {
    fault: ['kill', 'powerOff'],
    registrars: [2, 3, 4, 5],
    patience: [2, 3, 4],
    policy: ['LeastUsed'],
    scale: [1],
  },
  topology: ({ registrars, scale }) => dualHomed({ registrars, elements: 6 * scale, users: 6 * scale }),
  deploy: ({ patience, policy }) => ({
    registrars: registrar({
      peerHeartbeatCycle: s(patience / 2),
      peerMaxTimeLastHeard: s(patience),
      peerMaxTimeNoResponse: s(patience),
    }),
    elements: poolElement({ policy, capacity: 1e6, cookieInterval: 1e6 }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(3)) }),
  }),
  phases: { warmUp: s(10), measure: s(32), drain: s(5) },
  faults: ({ fault }) => {
    const target = busy('registrars');
    return [at(s(4), choose('fault', fault, { kill: kill(target), powerOff: powerOff(target) }), { lasting: s(24) })];
  },
});
