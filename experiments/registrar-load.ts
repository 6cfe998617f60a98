/**
 * What does a handle resolution cost a registrar? One association asks and asks; the run's notes say how much CPU time
 * each registrar had taken when that began, and in the end.
 *
 * Expectation: a registrar that runs in Node.js takes more CPU time than RSPLIB's, but not ten times as much.
 */
import { attacker, experiment, exponential, poolElement, poolUser, registrar, s } from '../harness/index.js';
import { attacked } from '../topologies/attacked.js';

export default experiment({
  name: 'registrar-load',
  topology: attacked({ elements: 3, users: 1 }),
  vary: { maker: ['rsplib', 'native'], rate: [300, 600] },
  deploy: ({ maker, rate }) => ({
    registrars: registrar({ implementation: maker }),
    elements: poolElement(),
    users: poolUser({ requestSize: exponential(1e6), requestInterval: exponential(s(10)) }),
    attackers: attacker({ attack: 'handleResolutionFlood', rate, lasting: s(10) }),
  }),
  phases: { warmUp: s(2), measure: s(11), drain: s(1) },
});
