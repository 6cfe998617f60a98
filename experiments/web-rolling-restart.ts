/**
 * Can all servers of a web service be restarted one after the other without a client noticing?
 *
 * Expectation: a server that is shut down leaves the pool first and goes on serving for a moment, in which the proxy of
 * the clients learns of it. So no request fails, and none is even tried again.
 */
import { at, experiment, named, noRequestLost, registrar, s, shutdown, webElement, webUser } from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

const restart = (host: string, time: number) => at(s(time), shutdown(named(host)), { lasting: s(3) });

export default experiment({
  name: 'web-rolling-restart',
  topology: dualHomed({ elements: 3, users: 1 }),
  vary: { rate: [200, 50] },
  deploy: ({ rate }) => ({
    registrars: registrar(),
    elements: webElement({ command: ['node', 'experiments/servers/hello.js'], health: { path: '/health' } }),
    users: webUser({ rate }),
  }),
  phases: { warmUp: s(5), measure: s(24), drain: s(4) },
  faults: [restart('pe1', 2), restart('pe2', 9), restart('pe3', 16)],
  checks: [noRequestLost()],
});
