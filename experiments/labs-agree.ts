/**
 * Is the lab part of what it measures? The same failovers, often, to be run on two labs and compared:
 * `rsplab run … --on uml`, `rsplab run … --on uml+docker`, then `rsplab compare` with both folders.
 *
 * Expectation: namespaces and containers are the same to a packet, so failover delays are equivalent within 10 %.
 */
import {
  busy,
  every,
  experiment,
  exponential,
  noRequestLost,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../harness/index.js';
import { dualHomed } from '../topologies/dual-homed.js';

export default experiment({
  name: 'labs-agree',
  topology: dualHomed({ elements: 3, users: 6 }),
  // Without cookies, which RSPLIB answers sooner or later (see cookie-echo.ts), the delay varies little.
  // Users nearly always have a request, so that every fault hits about two of them.
  deploy: () => ({
    registrars: registrar({ maxBadPeReports: 1 }),
    elements: poolElement({ policy: 'LeastUsed', capacity: 4e6, cookieInterval: Infinity }),
    users: poolUser({ requestSize: exponential(1e7), requestInterval: exponential(s(3)) }),
  }),
  phases: { warmUp: s(8), measure: s(120), drain: s(8) },
  faults: [every(s(6), powerOff(busy('elements')), { first: s(4), lasting: s(2) })],
  checks: [noRequestLost()],
});
