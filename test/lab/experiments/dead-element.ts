/**
 * Is an element that has died offered for longer than it should, when its registrar hardly ever asks?
 *
 * Expectation: yes.
 */
import {
  at,
  cpuStarve,
  cutPath,
  experiment,
  exponential,
  impair,
  ms,
  named,
  noDeadElementSelected,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../../../harness/index.js';
import { dualHomed } from '../../../topologies/dual-homed.js';

export default experiment({
  name: 'dead-element',
  // Faults that have nothing to do with it.
  vary: { others: [false, true] },
  topology: dualHomed({ elements: 2, users: 3 }),
  deploy: () => ({
    registrars: registrar({ endpointKeepAliveInterval: s(60), endpointKeepAliveTimeout: s(60) }),
    elements: poolElement({ policy: 'RoundRobin' }),
    users: poolUser({ requestSize: exponential(3e5), requestInterval: exponential(s(1)) }),
  }),
  phases: { warmUp: s(2), measure: s(12), drain: s(1) },
  faults: ({ others }) => [
    ...(others
      ? [
          at(s(0.5), impair(named('pe2'), { delay: ms(5) }), { lasting: s(4) }),
          at(s(2), cutPath(named('pu1'), 'red'), { lasting: s(1) }),
          at(s(5), cpuStarve(named('pu2'), { share: 0.5 }), { lasting: s(2) }),
        ]
      : []),
    at(s(1), powerOff(named('pe1'))),
  ],
  checks: [noDeadElementSelected({ after: s(2.5) })],
});
