/**
 * How much of its handling speed does a pool lose to one attacker or several, at which rate, with and without what
 * protects it?
 *
 * Expectation: without protection a single attacker does nearly all the harm that can be done, at rates that are no
 * flood: a false report every second keeps elements out of the pool, a question every tenth of a second spoils the turn
 * of Round Robin, and elements that do not exist swallow requests. What protects a pool limits what one association may
 * do, so it holds against one attacker, and the less, the more there are; Random has no turn that could be spoilt.
 *
 * `countermeasure` is the limit that RSPLIB has against the attack: on the rate of reports about an element, of handle
 * resolutions, or (against elements that do not exist) believing a user's first failure report. `scale` multiplies
 * elements and users alike.
 */
import { attacker, choose, experiment, exponential, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { attacked } from '../topologies/attacked.js';

const countermeasures = {
  falseFailureReports: { off: { maxBadPeReports: 3 }, on: { maxBadPeReports: 3, maxEndpointUnreachableRate: 0.1 } },
  handleResolutionFlood: { off: {}, on: { maxHandleResolutionRate: 5 } },
  registrationFlood: { off: {}, on: { maxBadPeReports: 1 } },
};

export default experiment({
  name: 'attack-rates',
  vary: {
    attack: ['falseFailureReports', 'handleResolutionFlood', 'registrationFlood'],
    countermeasure: ['off', 'on'],
    policy: ['LeastUsed', 'RoundRobin', 'Random'],
    rate: [0.1, 1, 10, 100],
    attackers: [1, 2, 5, 10],
    scale: [1],
  },
  topology: ({ attackers, scale }) => attacked({ elements: 10 * scale, users: 100 * scale, attackers }),
  deploy: ({ attack, countermeasure, policy, rate, scale }) => ({
    registrars: registrar(choose('countermeasure', countermeasure, choose('attack', attack, countermeasures))),
    elements: poolElement({ policy, capacity: 1e6, registrationLife: s(30) }),
    users: poolUser({ requestSize: exponential(1e6), targetUtilisation: 0.6 }),
    attackers: attacker({ attack, rate, fakeElements: 10 * scale }),
  }),
  phases: { warmUp: s(30), measure: s(120), drain: s(0) },
});
