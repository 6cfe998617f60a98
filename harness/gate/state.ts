/** Where a gate stands at each of its points: the runs that there are, and what is to be run next. */
import type { Subject } from '../run/subject.js';
import { type BaselinePoint, columnsOfBaseline } from './baseline.js';
import { type Columns, columnsOf, firstRunsAreEqual, runsAreEqual } from './columns.js';
import { judgePoint, type PointCase, type Progress } from './judge.js';
import type { GateLedger, SideName } from './ledger.js';
import type { GatePoint } from './points.js';

/** One point with what it is held against: samples of a baseline, or runs of the old programs beside the new ones. */
export interface Contest {
  readonly index: number;
  readonly point: GatePoint;
  /** Null when the old side is run, too. */
  readonly baseline: BaselinePoint | null;
  /** How many points the gate has. */
  readonly points: number;
  readonly clock: Subject['clock'];
}

export interface Task {
  readonly contest: Contest;
  readonly side: SideName;
  readonly replication: number;
}

export interface Standing {
  readonly progress: Progress;
  readonly paired: boolean;
  readonly fingerprints: { readonly old: string | null; readonly new: string | null };
  /** Why the lab is not to be trusted; empty while it is. */
  readonly reasons: readonly string[];
  readonly tasks: readonly Task[];
}

/** The same plan and seed give the same results. */
export const isDeterministic = (clock: Contest['clock']): boolean => clock !== 'real';

/** So often is a run tried whose lab broke; where all is repeatable, once more would break the same way. */
const attemptsOn = (clock: Contest['clock']): number => (isDeterministic(clock) ? 1 : 3);

export function standingOf(contest: Contest, ledger: GateLedger): Standing {
  const { index, baseline, clock } = contest;
  const fresh = ledger.samples(index, 'new');
  const ran = ledger.samples(index, 'old');
  const both = baseline ? fresh.length : Math.min(fresh.length, ran.length);
  const old = baseline ? columnsOfBaseline(baseline) : columnsOf(ran.slice(0, both));
  const sides = { old, new: columnsOf(fresh.slice(0, both)) };
  const fingerprints = {
    old: baseline ? baseline.fingerprint : (ran[0]?.fingerprint ?? null),
    new: fresh[0]?.fingerprint ?? null,
  };
  const { case: now, paired } = caseOf(contest, sides, fingerprints);
  const progress = judgePoint(now);
  const reasons = [...brokenRuns(contest, ledger), ...(now.sameFingerprint ? contradiction(clock, sides) : [])];
  // One run may be all that it takes.
  const wanted = isDeterministic(clock) && both === 0 ? 1 : progress.wanted;
  const tasks = reasons.length > 0 ? [] : tasksOf(contest, ledger, wanted);
  return { progress, paired, fingerprints, reasons, tasks };
}

function caseOf(
  { point, baseline, points, clock }: Contest,
  sides: { readonly old: Columns; readonly new: Columns },
  fingerprints: Standing['fingerprints'],
): { readonly case: PointCase; readonly paired: boolean } {
  const { replications, budget, limits } = point;
  const exact = isDeterministic(clock);
  const paired = isPaired(clock, baseline !== null, sides);
  return {
    paired,
    case: {
      ...{ ...sides, replications, budget, limits, points, paired },
      widen: clock !== 'simulated' || !paired,
      oldRuns: baseline ? baseline.seeds.length : budget,
      sameFingerprint: exact && fingerprints.new !== null && fingerprints.old === fingerprints.new,
    },
  };
}

/**
 * Whether runs are held against each other one by one. In the simulator those of one seed have most of their chance in
 * common. Real components in virtual time have next to none: whatever changes a program moves all that follows. In real
 * time old and new take turns, and what they have in common is the state of the machine.
 */
function isPaired(clock: Contest['clock'], hasBaseline: boolean, sides: { old: Columns; new: Columns }): boolean {
  if (clock === 'real') return !hasBaseline;
  if (clock === 'virtual') return runsAreEqual(sides.old, sides.new);
  return sides.new.seeds.some((seed) => sides.old.seeds.includes(seed));
}

/** Virtual time promises equal results for equal fingerprints; the simulator's may come from other code. */
function contradiction(clock: Contest['clock'], { old, new: fresh }: { old: Columns; new: Columns }): string[] {
  const [seed] = fresh.seeds;
  if (clock !== 'virtual' || seed === undefined || !old.seeds.includes(seed)) return [];
  if (firstRunsAreEqual(old, fresh)) return [];
  return [`the fingerprints are equal, but runs of seed ${seed} are not: the lab does not repeat itself`];
}

function brokenRuns({ index, clock }: Contest, ledger: GateLedger): string[] {
  const failures = ledger.records.filter(({ point, sample }) => point === index && sample === null);
  const hopeless = failures.filter(({ side, replication }) => {
    const tries = ledger.of(index, side, replication);
    return tries.length >= attemptsOn(clock) && tries.every(({ sample }) => sample === null);
  });
  return [...new Set(hopeless.map(({ broken }) => broken ?? 'the lab broke'))];
}

/** What is missing up to a replication. Old and new take turns at being first (A B B A …), so that drift hits both. */
function tasksOf(contest: Contest, ledger: GateLedger, wanted: number): Task[] {
  const numbers = Array.from({ length: wanted }, (_, at) => at + 1);
  const sides = (replication: number): SideName[] => {
    if (contest.baseline) return ['new'];
    return replication % 2 === 1 ? ['old', 'new'] : ['new', 'old'];
  };
  return numbers
    .flatMap((replication) => sides(replication).map((side) => ({ contest, side, replication })))
    .filter(({ side, replication }) => {
      const tries = ledger.of(contest.index, side, replication);
      return tries.every(({ sample }) => sample === null);
    });
}
