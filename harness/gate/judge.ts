/**
 * The judgement of one point, as a pure function of the runs that there are. Runs come in batches; after each, all
 * metrics are looked at (`look`). A bound decides each of them: surely beyond the limit is a suspicion, which the
 * next batch alone has to confirm; surely within it is a pass; all others wait for more runs, up to the budget.
 *
 * Errors. A gate suspects some metric that is exactly at its limit with at most {@link suspectLevel}, over all points,
 * looks (Bonferroni) and metrics (Holm). The confirmation has a level of its own. To pass, *every* metric must
 * be shown to be within its limit, so the chance that a gate passes a metric that is beyond is that metric's alone (an
 * intersection-union test: R. L. Berger, Multiparameter hypothesis testing and acceptance sampling, Technometrics 24,
 * 1982), and {@link passLevel} is divided by looks only.
 */
import { type GateMetricName, gateMetricNames, type LimitName } from '../experiment/gate.js';
import { holmLevels } from '../stats/holm.js';
import { CheckJudge } from './check-judge.js';
import { type Columns, firstRunsAreEqual, sidesOf, slice } from './columns.js';
import type { Cleared, PointJudgement } from './judgement.js';
import { MetricJudge } from './metric-judge.js';
import { type Weighed, weigh } from './weigh.js';

/** Over the whole gate. */
export const suspectLevel = 0.05;
/** Of fresh runs alone, over all that is suspected at a look. */
export const confirmLevel = 0.05;
/** Per metric, over all looks. */
export const passLevel = 0.05;

export interface PointCase {
  readonly old: Columns;
  readonly new: Columns;
  /** Runs before the first look, and between two. */
  readonly replications: number;
  readonly budget: number;
  readonly limits: Readonly<Partial<Record<LimitName, number>>>;
  /** How many points the whole gate judges. */
  readonly points: number;
  /** Hold runs of the same seed against each other. */
  readonly paired: boolean;
  /** Whether the old side's spread tells how fine a default limit can be. */
  readonly widen: boolean;
  /** Of the old side, when all of them are there. */
  readonly oldRuns: number;
  /** The same machine and programs: one equal run on each side is proof enough. */
  readonly sameFingerprint: boolean;
}

export interface Progress {
  /** New runs that it takes to go on; no more than there are when it is decided. */
  readonly wanted: number;
  readonly judgement: PointJudgement;
}

/** Looks within the budget; one more may follow to confirm what the last one suspects. */
export const looksWithin = ({ budget, replications }: Pick<PointCase, 'budget' | 'replications'>): number =>
  Math.max(1, Math.ceil(budget / replications));

export function judgePoint(point: PointCase): Progress {
  const runs = point.new.seeds.length;
  if (point.sameFingerprint) {
    if (runs === 0) return { wanted: 1, judgement: nothingYet };
    if (firstRunsAreEqual(point.old, point.new)) return { wanted: runs, judgement: identicalJudgement(point) };
  }
  return new Judge(point).judge();
}

const nothingYet: PointJudgement = { identical: false, looks: 0, metrics: [], checks: [], cleared: [] };

/** Nothing to weigh: what is the same is no worse. */
function identicalJudgement(point: PointCase): PointJudgement {
  const judge = new Judge(point);
  return {
    ...{ identical: true, looks: 0, cleared: [] },
    metrics: gateMetricNames.map((metric) => judge.metric(metric).identical(point.old, point.new)),
    checks: judge.checks.map((check) => check.identical()),
  };
}

class Judge {
  readonly #point: PointCase;
  readonly #looks: number;
  readonly #cleared: Cleared[] = [];
  readonly #metrics = new Map<GateMetricName, MetricJudge>();
  readonly checks: CheckJudge[];

  constructor(point: PointCase) {
    this.#point = point;
    this.#looks = looksWithin(point) + 1;
    this.checks = [...new Set([...Object.keys(point.old.checks), ...Object.keys(point.new.checks)])].map(
      (name) => new CheckJudge(name, point),
    );
  }

  metric(name: GateMetricName): MetricJudge {
    const known = this.#metrics.get(name) ?? new MetricJudge(name);
    this.#metrics.set(name, known);
    return known;
  }

  judge(): Progress {
    const { replications, new: fresh } = this.#point;
    for (let look = 1; ; look++) {
      const [from, to] = [(look - 1) * replications, look * replications];
      if (fresh.seeds.length < to) return { wanted: to, judgement: this.#said(look - 1) };
      this.#confirm(look, from, to);
      this.#look(to);
      if (this.#isSettled(look)) return { wanted: Math.min(to, fresh.seeds.length), judgement: this.#said(look) };
    }
  }

  /**
   * What is suspected is confirmed or cleared, whatever failed already: the stage at fault may be a noisy one. Else
   * more runs are of no use once a failure is proven, nothing is open, or the budget is used up.
   */
  #isSettled(look: number): boolean {
    const all = [...this.#metrics.values(), ...this.checks];
    if (look >= this.#looks) return true;
    if (all.some(({ suspected }) => suspected)) return false;
    return look >= this.#looks - 1 || all.some(({ failed }) => failed) || all.every(({ decided }) => decided);
  }

  /** What the last look suspected, on the runs that it had not seen. */
  #confirm(look: number, from: number, to: number): void {
    const { old, new: fresh, paired } = this.#point;
    const latest = slice(fresh, from, to);
    const suspects = [...this.#metrics.values()].filter(({ suspected }) => suspected);
    for (const suspect of suspects) {
      const sides = sidesOf(suspect.metric, old, latest, { paired, whole: true });
      const cleared = suspect.confirm(this.#weigh(suspect.metric, sides), confirmLevel / suspects.length);
      if (cleared) this.#cleared.push({ what: suspect.metric, look: look - 1, words: cleared });
    }
    for (const check of this.checks.filter(({ suspected }) => suspected)) {
      const cleared = check.confirm(latest);
      if (cleared) this.#cleared.push({ what: check.name, look: look - 1, words: cleared });
    }
  }

  #look(to: number): void {
    const { old, new: fresh, paired, points } = this.#point;
    const seen = slice(fresh, 0, to);
    const sides = gateMetricNames.map((metric) => this.#weigh(metric, sidesOf(metric, old, seen, { paired })));
    const judged = sides.filter(({ effect }) => effect !== null);
    const levels = holmLevels(
      judged.map(({ failChance }) => failChance),
      suspectLevel / points / this.#looks,
    );
    for (const weighed of sides) {
      const place = judged.indexOf(weighed);
      const level = { fail: place < 0 ? suspectLevel : levels[place]!, pass: passLevel / this.#looks };
      this.metric(weighed.metric).look(weighed, level);
    }
    for (const check of this.checks) check.look(seen);
  }

  #weigh(metric: GateMetricName, sides: ReturnType<typeof sidesOf>): Weighed {
    const { limits, widen, budget, oldRuns } = this.#point;
    const context = { limits, widen, budget: { new: budget, old: oldRuns }, passLevel: passLevel / this.#looks };
    return weigh(metric, sides, context);
  }

  #said(looks: number): PointJudgement {
    return {
      ...{ identical: false, looks, cleared: this.#cleared },
      metrics: gateMetricNames.map((name) => this.metric(name).said()),
      checks: this.checks.map((check) => check.said()),
    };
  }
}
