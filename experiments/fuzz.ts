/**
 * Does a component survive whatever its peers may say? A host of the pool's network sends malformed messages, half of
 * them by the protocols' grammar with odd values, half of them changed in length or content, to registrars, elements or
 * users. The seed drives them all, so that whatever one of them brings down can be brought down again.
 *
 * Expectation: nobody dies or hangs, and the pool serves its users again once the fuzzer is gone. A component that dies
 * makes its run unknown, with a reason that names it; the run's notes say what memory each one had.
 */
import { attacker, experiment, exponential, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { attacked } from '../topologies/attacked.js';

export default experiment({
  name: 'fuzz',
  topology: attacked({ elements: 2, users: 2 }),
  vary: { target: ['registrars', 'elements', 'users'], maker: ['rsplib', 'native'] },
  deploy: ({ target, maker }) => ({
    registrars: registrar({ implementation: maker }),
    // An element that was removed is back soon.
    elements: poolElement({ implementation: maker, cookieInterval: 2e5, registrationLife: s(9) }),
    users: poolUser({
      implementation: maker,
      keepAlive: s(1),
      requestSize: exponential(1e6),
      requestInterval: exponential(s(2)),
    }),
    attackers: attacker({ attack: 'malformedMessages', target, rate: 100, lasting: s(15) }),
  }),
  phases: { warmUp: s(2), measure: s(25), drain: s(2) },
});
