/**
 * What do the clients of a web service see when one of its servers loses its power?
 *
 * Expectation: nobody closes the connections of a silent server, so the requests that it has wait until the proxy of
 * the clients gets no answer to a session keep-alive: at most interval and timeout. Then another server answers them,
 * so no request fails. Requests to the other servers are as fast as ever, so the clients are never without any answer.
 */
import {
  every,
  experiment,
  failoverDelay,
  noRequestLost,
  one,
  powerOff,
  registrar,
  s,
  webElement,
  webUser,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'web-power-off',
  topology: dualHomed({ elements: 3, users: 1 }),
  nanosecondsPerInstruction: 1,
  vary: { rate: [20, 50, 200], keepAlive: [s(1), s(0.5)] },
  deploy: ({ rate, keepAlive }) => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: webElement({ command: ['node', 'experiments/servers/hello.js'], health: { path: '/health' } }),
    users: webUser({ rate, keepAlive }),
  }),
  phases: { warmUp: s(5), measure: s(16), drain: s(4) },
  faults: [every(s(16), powerOff(one('elements')), { first: s(4), lasting: s(6) })],
  checks: [noRequestLost(), failoverDelay({ maxBelow: s(3) })],
});
