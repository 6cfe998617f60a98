/** The networks that are calibrated: two, with nothing of their own that could be taken for what was asked. */

import { s } from '../base/units.js';
import { exponential } from '../experiment/distribution.js';
import { experiment } from '../experiment/experiment.js';
import { type Plan, resolvePlan } from '../experiment/plan.js';
import { poolElement, poolUser, registrar } from '../experiment/role.js';
import { hosts, network, topology } from '../topology/topology.js';

/** @param each hosts of each kind, beside one registrar */
export function calibrationPlan(each: number): Plan {
  const both = { on: ['red', 'blue'] } as const;
  const networks = { red: network('10.1.0.0/24'), blue: network('10.2.0.0/24') };
  const groups = { registrars: hosts(1, both), elements: hosts(each, both), users: hosts(each, both) };
  return resolvePlan(
    experiment({
      name: 'calibration',
      topology: topology({ name: 'dual-homed', networks, hosts: groups }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6 }),
        users: poolUser({ requestSize: exponential(5e6), requestInterval: exponential(s(8)) }),
      }),
      phases: { measure: s(1) },
    }),
  );
}
