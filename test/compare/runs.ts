/** Runs to compare: made by the simulator, stored and read back as any other run. */
import { realClock } from '../../harness/base/clock.js';
import type { SimulationModel } from '../../harness/experiment/experiment.js';
import { type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import {
  every,
  experiment,
  exponential,
  one,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  type ScheduledFault,
  s,
} from '../../harness/index.js';
import { createRunFolder, runId, storeOutcome, storeSummary } from '../../harness/run/folder.js';
import { simSubject } from '../../harness/run/sim-subject.js';
import { complete, summarise } from '../../harness/run/summarise.js';
import { dualHomed } from '../../topologies/dual-homed.js';

export interface PlanParts {
  name?: string;
  seed?: number;
  keepAlive?: number;
  model?: SimulationModel;
  faults?: ScheduledFault<'registrars' | 'elements' | 'users'>[];
}

/** Six users, three elements, one of which goes silent every 30 s: some 30 failovers in ten minutes. */
export function powerOffPlan({
  name = 'silence',
  seed = 1,
  keepAlive = 1,
  model = 'deployment',
  faults,
}: PlanParts = {}): Plan {
  const description = experiment({
    name,
    topology: dualHomed({ elements: 3, users: 6 }),
    vary: { keepAlive: [1, 3] },
    deploy: (point) => ({
      registrars: registrar({ endpointKeepAliveInterval: s(1), endpointKeepAliveTimeout: s(1) }),
      elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6 }),
      users: poolUser({
        keepAlive: s(point.keepAlive),
        requestSize: exponential(4e6),
        requestInterval: exponential(s(16)),
      }),
    }),
    phases: { warmUp: s(20), measure: s(600), drain: s(20) },
    faults: faults ?? [every(s(30), powerOff(one('elements'), { reappear: 'new-address' }), { lasting: s(5) })],
    model,
  });
  return resolvePlan(description, { seed, point: { keepAlive } });
}

let made = 0;

/** Runs a plan in the simulator. @returns the run's folder in `out` */
export async function simulated(plan: Plan, out: string): Promise<string> {
  const session = (++made).toString(16).padStart(6, '0');
  const folder = createRunFolder(out, runId(0, session), plan);
  const signal = new AbortController().signal;
  const outcome = await simSubject.perform(plan, { folder, session, clock: realClock, signal, onEvent: () => {} });
  storeOutcome(folder, outcome);
  const numbers = summarise(plan, outcome, { on: 'sim', clock: 'simulated', versions: {}, replay: 'rsplab run' });
  storeSummary(folder, complete(numbers, []));
  return folder;
}
