/** The points that a gate judges: an experiment at certain values, and its plan for every replication. */
import { digest } from '../base/digest.js';
import type { LoadedExperiment } from '../experiment/load.js';
import { type Plan, planner } from '../experiment/plan.js';
import type { Subject } from '../run/subject.js';
import { replicationSeed } from '../sweep/seed.js';
import type { GateSettings } from './settings.js';
import { pointName } from './words.js';

export interface GatePoint extends Omit<GateSettings, 'points'> {
  /** For people, and unique within a gate. */
  readonly name: string;
  readonly experiment: string;
  readonly file: string;
  readonly point: Plan['point'];
  /** Digests of the plan's parts, by which another plan is told. */
  readonly parts: Readonly<Record<string, string>>;
  readonly question: string | null;
  /** @param replication counts from 1 */
  planFor(seed: number, replication: number): Plan;
}

const partNames = ['topology', 'hosts', 'phases', 'faults'] as const;

export interface PointOptions {
  /** What the gate's chance grows from. */
  readonly seed: number;
  readonly subject: Subject;
  /** Told what takes its time before anything can run. */
  readonly say?: (line: string) => void;
}

/** @throws HarnessError `bad-input` for a point that cannot be planned, or that the subject cannot run */
export async function pointsOf(
  loaded: LoadedExperiment,
  settings: GateSettings,
  { seed, subject, say = () => {} }: PointOptions,
): Promise<GatePoint[]> {
  const { experiment, file, question, expectation } = loaded;
  const points: GatePoint[] = [];
  for (const chosen of settings.points) {
    const plans = planner(experiment, { point: chosen, question, expectation, file });
    const planFor = (from: number, replication: number) => plans(replicationSeed(from, replication));
    const plan = planFor(seed, 1);
    subject.check(plan);
    await subject.tryOut?.(plan, say);
    const { replications, budget, limits } = settings;
    // Of one and the same seed, from which faults may be drawn.
    const parts = partsOf(plans(1), subject);
    const name = pointName(experiment.name, plan.point);
    points.push({
      name,
      experiment: experiment.name,
      file,
      point: plan.point,
      parts,
      question,
      planFor,
      replications,
      budget,
      limits,
    });
  }
  return points;
}

function partsOf(plan: Plan, { name, clock }: Subject): Record<string, string> {
  const parts = Object.fromEntries(partNames.map((part) => [part, digestOf(plan[part])]));
  // These make the results of the simulator, and of virtual time, only.
  if (name === 'sim') return { ...parts, model: plan.model };
  if (clock !== 'virtual') return parts;
  return { ...parts, nanosecondsPerInstruction: String(plan.nanosecondsPerInstruction) };
}

export const digestOf = (value: unknown): string => digest(JSON.stringify(value));
