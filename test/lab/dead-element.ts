/**
 * Is an element that has died offered for longer than it should, when its registrar hardly ever asks?
 *
 * Expectation: yes.
 */
import {
  at,
  experiment,
  exponential,
  named,
  noDeadElementSelected,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../../harness/index.js';
import { dualHomed } from '../../topologies/dual-homed.js';

export default experiment({
  name: 'dead-element',
  topology: dualHomed({ elements: 2, users: 3 }),
  deploy: () => ({
    registrars: registrar({ endpointKeepAliveInterval: s(60), endpointKeepAliveTimeout: s(60) }),
    elements: poolElement({ policy: 'RoundRobin' }),
    users: poolUser({ requestSize: exponential(3e5), requestInterval: exponential(s(1)) }),
  }),
  phases: { warmUp: s(2), measure: s(12), drain: s(1) },
  faults: [at(s(1), powerOff(named('pe1')))],
  checks: [noDeadElementSelected({ after: s(2.5) })],
});
