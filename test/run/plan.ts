import { type Plan, type PlanOptions, resolvePlan } from '../../harness/experiment/plan.js';
import { type Experiment, experiment, exponential, poolElement, poolUser, registrar, s } from '../../harness/index.js';
import { dualHomed } from '../../topologies/dual-homed.js';

type Groups = 'registrars' | 'elements' | 'users';

/** One registrar, two elements of 1e6 calculations/s, one user; ten seconds each of warm-up, measurement and drain. */
export const smallPlan = (parts: Partial<Experiment<Groups>> = {}, options: PlanOptions = {}): Plan =>
  resolvePlan(
    experiment<Groups>({
      name: 'small',
      topology: dualHomed({ elements: 2, users: 1 }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestInterval: exponential(s(2)) }),
      }),
      phases: { settle: s(5), warmUp: s(10), measure: s(10), drain: s(10) },
      ...parts,
    }),
    options,
  );
