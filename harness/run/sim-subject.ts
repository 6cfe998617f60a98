import { setImmediate } from 'node:timers/promises';
import type { Plan } from '../experiment/plan.js';
import { checkRepresentable } from '../sim/representable.js';
import { type SimulationResult, simulate } from '../sim/simulate.js';
import { Journal } from './journal.js';
import type { Outcome } from './outcome.js';
import type { Subject, SubjectContext } from './subject.js';

/** The simulator, by the plan's model. */
export const simSubject: Subject = {
  name: 'sim',
  clock: 'simulated',
  check: (plan) => checkRepresentable(plan),
  async perform(plan, context) {
    // A simulation keeps this process busy: whoever asks to stop is heard before it.
    await setImmediate();
    const result = simulate(plan, { record: true });
    writeJournal(plan, result, context);
    return outcomeOf(result);
  },
};

export function outcomeOf({ requests, failovers, faults, metrics, moments }: SimulationResult): Outcome {
  return {
    requests,
    failovers,
    keepAlives: null,
    faults: faults.map(({ kind, host, network, injectedAt, healedAt }) => ({
      kind,
      target: network === null ? host : `${host} on ${network}`,
      intendedAt: injectedAt,
      injectedAt,
      healedAt,
      evidence: 'simulated',
    })),
    utilisationPercent: metrics.utilisationPercent,
    wire: null,
    window: { from: moments.measureAt, to: moments.endAt },
    reasons: [],
    notes: [],
    kernel: null,
  };
}

/** The same journal as a lab's, in simulated time. */
function writeJournal(plan: Plan, { moments, faults }: SimulationResult, { folder, onEvent }: SubjectContext): void {
  let now = 0;
  const clock = { now: () => now, sleepUntil: async () => {} };
  const journal = new Journal(folder, clock, 0, onEvent);
  const { warmUpAt, measureAt, drainAt, endAt } = moments;
  const phases = [
    { at: 0, phase: 'settle' },
    { at: warmUpAt, phase: 'warmUp' },
    { at: measureAt, phase: 'measure' },
    { at: drainAt, phase: 'drain' },
    { at: endAt, phase: 'end' },
  ] as const;
  const entries = [
    ...phases.map(({ at, phase }) => ({ at, event: { event: 'phase' as const, phase } })),
    ...faults.map(({ id, kind, host, network, injectedAt }) => ({
      at: injectedAt,
      event: {
        ...{ event: 'faultInjected' as const, id, kind, host, network, addresses: [] },
        ...{ intendedAt: injectedAt, injectedAt, evidence: 'simulated' },
      },
    })),
    ...faults.flatMap(({ id, host, healedAt }) =>
      healedAt === null
        ? []
        : [{ at: healedAt, event: { event: 'faultHealed' as const, id, host, healedAt, addresses: [] } }],
    ),
  ].sort((a, b) => a.at - b.at);
  journal.record({ event: 'begin', epoch: 0, lab: `sim (${plan.model})`, kernel: '' });
  for (const { at, event } of entries) {
    now = at;
    journal.record(event);
  }
}
