import { setImmediate } from 'node:timers/promises';
import type { Plan } from '../experiment/plan.js';
import { requestRowOf } from '../measure/web-row.js';
import type { JournalEvent } from '../result/journal.js';
import { type Moments, momentsOf } from '../sim/moments.js';
import { checkRepresentable } from '../sim/representable.js';
import { type SimulationResult, simulate } from '../sim/simulate.js';
import { writeJournalWhole } from './journal.js';
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
    const result = simulate(plan, { record: true, ...(context.watch && { watch: context.watch }) });
    writeJournal(plan, result, context);
    return outcomeOf(result);
  },
};

export function outcomeOf(result: SimulationResult): Outcome {
  const { requests, failovers, faults, web, registrars, deadSelectable, metrics, moments, ended } = result;
  const measured = moments.measureAt < moments.endAt;
  return {
    requests: web === null ? requests : [...requests, ...web.map(requestRowOf)],
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
    web: web && { rows: web, thresholds: [] },
    // Web servers calculate nothing.
    utilisationPercent: measured && web === null ? metrics.utilisationPercent : null,
    wire: null,
    registrars,
    deadSelectable,
    window: measured ? { from: moments.measureAt, to: moments.endAt } : null,
    reasons: ended === null ? [] : [ended],
    notes: [],
    kernel: null,
  };
}

/** The same journal as a lab's, in simulated time. */
function writeJournal(plan: Plan, { moments, faults }: SimulationResult, { folder, onEvent }: SubjectContext): void {
  const { warmUpAt, measureAt, drainAt, endAt } = moments;
  const phases = [
    { time: 0, phase: 'settle' },
    { time: warmUpAt, phase: 'warmUp' },
    { time: measureAt, phase: 'measure' },
    { time: drainAt, phase: 'drain' },
    { time: endAt, phase: 'end' },
  ] as const;
  const planned = momentsOf(plan);
  const wasReached = { settle: true, end: true, ...reached(planned, endAt) };
  const entries: JournalEvent[] = [
    ...phases
      .filter(({ phase }) => wasReached[phase])
      .map(({ time, phase }) => ({ time, event: 'phase' as const, phase })),
    ...faults.map(({ id, kind, host, network, injectedAt }) => ({
      ...{ time: injectedAt, event: 'faultInjected' as const, id, kind, host, network, addresses: [] },
      ...{ intendedAt: injectedAt, injectedAt, evidence: 'simulated' },
    })),
    ...faults.flatMap(({ id, host, healedAt }) =>
      healedAt === null ? [] : [{ time: healedAt, event: 'faultHealed' as const, id, host, healedAt, addresses: [] }],
    ),
  ];
  entries.sort((a, b) => a.time - b.time);
  const begin = { time: 0, event: 'begin' as const, epoch: 0, lab: `sim (${plan.model})`, kernel: '' };
  writeJournalWhole(folder, [begin, ...entries], onEvent);
}

const reached = ({ warmUpAt, measureAt, drainAt }: Moments, end: number) => ({
  warmUp: warmUpAt <= end,
  measure: measureAt < end,
  drain: drainAt <= end,
});
