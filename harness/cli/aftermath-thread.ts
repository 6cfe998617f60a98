/** What the thread after a run does: started by `aftermath.ts`, never imported. */
import { messageOf } from '../base/errors.js';
import { serve } from '../base/thread.js';
import { defaultReplications } from '../compare/compare.js';
import { loadRunSet } from '../compare/run-set.js';
import { predictSet } from '../compare/sets.js';
import { storeComparison } from '../compare/store.js';
import type { Plan } from '../experiment/plan.js';
import type { Aftermath, AftermathInput } from './aftermath.js';

serve(async ({ plan, folder, predicts, pages }: AftermathInput): Promise<Aftermath> => {
  const findings = predicts ? predict(plan, folder) : [];
  // Drawing is slow to load, so it waits until there is something to draw.
  const { writeRunReport } = await import('../../reports/run/report.js');
  try {
    return { report: writeRunReport(folder, pages), trouble: null, findings };
  } catch (error) {
    return { report: null, trouble: messageOf(error), findings };
  }
});

function predict(plan: Plan, folder: string): string[] {
  try {
    const comparison = predictSet(loadRunSet(folder), replicationsFor(plan));
    storeComparison(folder, comparison, null);
    return comparison.points.flatMap(({ references, findings }) => {
      // What no model can predict is said, instead of nothing.
      const reasons = references.map(
        (it) => it.notRepresentable && `${it.name} cannot predict this: ${it.notRepresentable}.`,
      );
      return reasons.every(Boolean) ? reasons.map(String) : findings;
    });
  } catch (error) {
    return [`There is no prediction: ${messageOf(error)}.`];
  }
}

/** Seconds of all users together that one run after another may simulate: about ten seconds of computing. */
const affordableUserSeconds = 2e6;

/** As many as `rsplab compare` makes, unless the plan is so large that nobody would want to wait for them. */
function replicationsFor({ phases, hosts }: Plan): number {
  const users = hosts.filter(({ role }) => role.kind === 'poolUser').length;
  const userSeconds = users * (phases.settle + phases.warmUp + phases.measure + phases.drain);
  return Math.min(defaultReplications, Math.max(5, Math.floor(affordableUserSeconds / Math.max(1, userSeconds))));
}
