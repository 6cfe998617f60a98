/**
 * Can all servers of a web service be restarted one after the other without a client noticing?
 *
 * Expectation: a server that is shut down leaves the pool first and goes on serving for a moment, in which the proxy of
 * the clients learns of it. So no request fails, and none is even tried again.
 */
import { at, experiment, named, noRequestLost, registrar, s, shutdown, webElement, webUser } from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

const restart = (host: string, time: number) => at(s(time), shutdown(named(host)), { lasting: s(1) });

export default experiment({
  name: 'web-rolling-restart',
  topology: dualHomed({ elements: 3, users: 1 }),
  nanosecondsPerInstruction: 1,
  vary: { rate: [50, 200] },
  deploy: ({ rate }) => ({
    registrars: registrar(),
    elements: webElement({ command: ['node', 'experiments/servers/hello.js'], health: { path: '/health' } }),
    users: webUser({ rate }),
  }),
  phases: { warmUp: s(5), measure: s(16), drain: s(3) },
  faults: [restart('pe1', 1), restart('pe2', 6), restart('pe3', 11)],
  checks: [noRequestLost()],
});
