/** Experiments whose reports are looked at. */
import {
  all,
  every,
  experiment,
  exponential,
  failoverDelay,
  failure,
  hosts,
  ms,
  mtbf,
  network,
  noRequestLost,
  one,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
  topology,
} from '../../harness/index.js';

const lan = (elements: number, users: number, delay = ms(10)) =>
  topology({
    name: 'lan',
    networks: { red: network('10.1.0.0/16', { delay: ms(10) }), blue: network('10.2.0.0/16', { delay }) },
    hosts: {
      registrars: hosts(1, { on: ['red', 'blue'] }),
      elements: hosts(elements, { on: ['red', 'blue'] }),
      users: hosts(users, { on: ['red', 'blue'] }),
    },
  });

/** Seven hosts, a power-off every 20 s. */
export const small = experiment({
  name: 'small',
  topology: lan(3, 3, ms(20)),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement(),
    users: poolUser({ requestSize: exponential(5e6), requestInterval: exponential(s(8)) }),
  }),
  phases: { warmUp: s(5), measure: s(200), drain: s(10) },
  faults: [every(s(20), powerOff(one('elements')), { lasting: s(6) })],
  checks: [noRequestLost(), failoverDelay({ maxBelow: s(60) })],
});

/** The paper's base scenario for an hour: 10 elements, 100 users. */
export const hour = experiment({
  name: 'hour',
  topology: lan(10, 100),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'LeastUsed' }),
    users: poolUser({ targetUtilisation: 0.6 }),
  }),
  phases: { settle: s(300), warmUp: s(300), measure: s(3600) },
  faults: [mtbf(s(100), failure(all('elements')))],
  model: 'rspsim',
});
