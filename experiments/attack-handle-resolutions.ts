/**
 * What does a user that asks for elements all the time, and uses none, do to those who need them?
 *
 * Expectation: far below what overloads the registrar it already hurts. Under round robin every question moves the turn
 * on, so the users' requests meet at the same element although others are idle, and take longer. A limit on the rate of
 * one association's handle resolutions refuses the questions, and leaves honest users alone.
 */
import { attacker, experiment, exponential, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { attacked } from '../topologies/attacked.js';

export default experiment({
  name: 'attack-handle-resolutions',
  topology: attacked({ elements: 3, users: 6 }),
  vary: { questions: ['answered', 'limited'] },
  deploy: ({ questions }) => ({
    registrars: registrar(questions === 'limited' ? { maxHandleResolutionRate: 10 } : {}),
    elements: poolElement({ capacity: 1e6 }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(4)) }),
    attackers: attacker({ attack: 'handleResolutionFlood', rate: 100 }),
  }),
  phases: { warmUp: s(4), measure: s(36), drain: s(4) },
});
