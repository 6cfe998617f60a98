/** The smallest runs that there are, to see what a sweep takes beside them: one element, one user, ten seconds. */
import { experiment, exponential, poolElement, poolUser, registrar, s } from '../../harness/index.js';
import { singleLan } from '../../topologies/single-lan.js';

export default experiment({
  name: 'tiny',
  vary: { number: Array.from({ length: 1000 }, (_, at) => at) },
  topology: singleLan({ registrars: 1, elements: 1, users: 1 }),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'RoundRobin' }),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(5)) }),
  }),
  phases: { settle: s(1), measure: s(10) },
  model: 'rspsim',
});
