/** Small plans for the simulator's tests. */
import type { SimulationModel } from '../../harness/experiment/experiment.js';
import { type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import {
  constant,
  experiment,
  type Phases,
  type PoolElementOptions,
  type PoolUserOptions,
  poolElement,
  poolUser,
  type RegistrarOptions,
  registrar,
  type ScheduledFault,
  s,
  type Topology,
} from '../../harness/index.js';
import { dualHomed } from '../../topologies/dual-homed.js';

type Groups = 'registrars' | 'elements' | 'users';

export interface PlanParts {
  model?: SimulationModel;
  topology?: Topology<Groups>;
  registrar?: RegistrarOptions;
  element?: PoolElementOptions;
  user?: PoolUserOptions;
  phases?: Phases;
  faults?: ScheduledFault<Groups>[];
  seed?: number;
}

/** One user whose request of 15e6 calculations is generated at 30 s, two elements, two networks with 10 ms each. */
export function planWith({ seed = 1, ...parts }: PlanParts = {}): Plan {
  const description = experiment({
    name: 'test',
    topology: parts.topology ?? dualHomed({ elements: 2, users: 1 }),
    deploy: () => ({
      registrars: registrar(parts.registrar),
      elements: poolElement(parts.element),
      users: poolUser({
        requestSize: constant(15e6),
        ...(parts.user?.targetUtilisation ? {} : { requestInterval: constant(s(30)) }),
        ...parts.user,
      }),
    }),
    phases: parts.phases ?? { settle: s(0), warmUp: s(25), measure: s(30) },
    faults: parts.faults ?? [],
    model: parts.model ?? 'deployment',
  });
  return resolvePlan(description, { seed });
}
