/**
 * What do the clients of a web service see when one of its servers is killed?
 *
 * Expectation: the connections of the dead server are closed at once, so the proxy of the clients sends what was under
 * way to another server. No request fails, and the slowest take a few round trips more.
 */
import {
  every,
  experiment,
  failoverDelay,
  kill,
  noRequestLost,
  one,
  registrar,
  s,
  webElement,
  webUser,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'web-kill',
  topology: dualHomed({ elements: 3, users: 1 }),
  nanosecondsPerInstruction: 1,
  vary: { rate: [20, 50, 200] },
  deploy: ({ rate }) => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: webElement({ command: ['node', 'experiments/servers/hello.js'], health: { path: '/health' } }),
    users: webUser({ rate }),
  }),
  phases: { warmUp: s(5), measure: s(16), drain: s(4) },
  faults: [every(s(8), kill(one('elements')), { first: s(3), lasting: s(3) })],
  checks: [noRequestLost(), failoverDelay({ maxBelow: s(1) })],
});
