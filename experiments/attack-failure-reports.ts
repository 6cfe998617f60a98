/**
 * What can one liar do to a pool by reporting that its elements fail, and what protects it?
 *
 * Expectation: a registrar that believes reports removes elements that live, and they stay away until they register
 * anew, so requests queue up or find no element. A limit on the rate of reports about one element stops a liar that is in a
 * hurry; ignoring reports stops every liar, and costs the fast detection of elements that did fail.
 */
import { attacker, experiment, exponential, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { attacked } from '../topologies/attacked.js';

const trust = {
  believed: { maxBadPeReports: 3 },
  limited: { maxBadPeReports: 3, maxEndpointUnreachableRate: 1 },
  ignored: {},
};

export default experiment({
  name: 'attack-failure-reports',
  topology: attacked({ elements: 3, users: 3 }),
  vary: { reports: ['believed', 'limited', 'ignored'] },
  deploy: ({ reports }) => ({
    registrars: registrar(trust[reports]),
    elements: poolElement({ policy: 'RoundRobin', capacity: 1e6, registrationLife: s(60) }),
    users: poolUser({ requestSize: exponential(2e6), requestInterval: exponential(s(4)) }),
    attackers: attacker({ attack: 'falseFailureReports', rate: 10 }),
  }),
  phases: { warmUp: s(5), measure: s(40), drain: s(5) },
});
