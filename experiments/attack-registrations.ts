/**
 * What do elements that do not exist, registered into a pool, do to its users, and do failure reports help against
 * them?
 *
 * Expectation: users are sent to elements that accept their association and never answer, and lose a timeout with each,
 * so requests start late. The failure reports that a liar can abuse are what helps here: a registrar that believes them
 * removes an element that users gave up, until the attacker registers it again.
 */
import { attacker, experiment, exponential, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { attacked } from '../topologies/attacked.js';

export default experiment({
  name: 'attack-registrations',
  topology: attacked({ elements: 3, users: 6 }),
  vary: { reports: ['ignored', 'believed'] },
  deploy: ({ reports }) => ({
    registrars: registrar(reports === 'believed' ? { maxBadPeReports: 1 } : {}),
    elements: poolElement({ capacity: 1e6 }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(4)) }),
    // Each of its elements is registered again every 15 s.
    attackers: attacker({ attack: 'registrationFlood', rate: 1, fakeElements: 15 }),
  }),
  phases: { warmUp: s(4), measure: s(36), drain: s(4) },
});
