/**
 * What a sweep's tests run: two elements, four users, a minute. A delay of 2 s is one that the model refuses, since no
 * answer would come in time.
 *
 * Expectation: none.
 */
import {
  all,
  experiment,
  exponential,
  failure,
  ms,
  mtbf,
  poolElement,
  poolUser,
  registrar,
  s,
} from '../../harness/index.js';
import { singleLan } from '../../topologies/single-lan.js';

export default experiment({
  name: 'small',
  vary: { policy: ['LeastUsed', 'Random'], delay: [ms(10), ms(20)] },
  topology: ({ delay }) => singleLan({ registrars: 1, elements: 2, users: 4, delay }),
  deploy: ({ policy }) => ({
    registrars: registrar(),
    elements: poolElement({ policy }),
    users: poolUser({ requestSize: exponential(1e6), targetUtilisation: 0.5 }),
  }),
  phases: { settle: s(5), warmUp: s(5), measure: s(60) },
  faults: [mtbf(s(20), failure(all('elements')))],
  model: 'rspsim',
});
