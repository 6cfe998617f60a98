/**
 * What can one liar do to a pool by reporting that its elements fail, and what protects it?
 *
 * Expectation: a registrar that believes reports (MAX-BAD-PE-REPORT is 3) removes every element within seconds, and
 * they stay away until they renew their registration, so requests find nobody. A limit on the rate of reports about one
 * element protects the pool from a liar in a hurry, but not from one who spreads his lies over many associations, as it
 * holds for each of them; ignoring reports protects it from every liar, and gives up the fast detection of elements
 * that did fail.
 */
import { attacker, experiment, exponential, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { attacked } from '../topologies/attacked.js';

const defences = {
  believed: { maxBadPeReports: 3 },
  limited: { maxBadPeReports: 3, maxEndpointUnreachableRate: 1 },
  ignored: {},
};

export default experiment({
  name: 'attack-failure-reports',
  topology: attacked({ elements: 3, users: 6 }),
  vary: { reports: ['believed', 'limited', 'ignored'], associations: [1, 30] },
  deploy: ({ reports, associations }) => ({
    registrars: registrar(defences[reports]),
    elements: poolElement({ capacity: 1e6, registrationLife: s(30) }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(4)) }),
    attackers: attacker({ attack: 'falseFailureReports', rate: 10, associations }),
  }),
  phases: { warmUp: s(4), measure: s(36), drain: s(4) },
});
