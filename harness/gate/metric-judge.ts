/** What is known of one metric at one point, look after look: open, suspected, passed or failed. */
import type { GateMetricName } from '../experiment/gate.js';
import { meanEstimate } from '../stats/estimate.js';
import { intervalOf } from '../stats/interval.js';
import { type Columns, sidesOf } from './columns.js';
import { asChange, isRatio } from './effect.js';
import type { GateChange, GateSide, MetricJudgement } from './judgement.js';
import { limitFor } from './limits.js';
import { gateMetrics } from './metrics.js';
import { boundsOf, isImproved, runsNeeded, type Weighed } from './weigh.js';
import { changeWords, formatLimit } from './words.js';

/** Levels of the two one-sided bounds. */
export interface Levels {
  readonly fail: number;
  readonly pass: number;
}

/** With fewer old runs that have a value, a metric is too rare to be judged. */
const fewestOld = 3;

export class MetricJudge {
  #state: 'open' | 'suspected' | 'pass' | 'fail' | 'none' = 'open';
  #weighed: Weighed | null = null;
  #levels: Levels = { fail: 0.05, pass: 0.05 };
  #confirmed: MetricJudgement['confirmed'] = null;

  constructor(readonly metric: GateMetricName) {}

  get suspected(): boolean {
    return this.#state === 'suspected';
  }

  get failed(): boolean {
    return this.#state === 'fail';
  }

  get decided(): boolean {
    return this.#state !== 'open' && this.#state !== 'suspected';
  }

  /** Once decided, it stays. */
  look(weighed: Weighed, levels: Levels): void {
    if (this.decided) return;
    [this.#weighed, this.#levels] = [weighed, levels];
    this.#state = stateOf(weighed, levels);
  }

  /** @returns what there is to say of a suspicion that fresh runs do not confirm; null when they do */
  confirm(fresh: Weighed, level: number): string | null {
    const change = changeOf(fresh, { fail: level, pass: this.#levels.pass });
    const runs = present(fresh.sides.new).length;
    if (change && fresh.failChance <= level) {
      this.#state = 'fail';
      this.#confirmed = { runs, change };
      return null;
    }
    this.#state = 'open';
    const { label } = gateMetrics[this.metric];
    const before = changeWords(this.metric, ...bothSides(this.#weighed!), changeOf(this.#weighed!, this.#levels));
    const now = changeWords(this.metric, ...bothSides(fresh), change);
    return `${label} seemed worse (${before}); ${runs} fresh runs did not confirm it (${now})`;
  }

  said(): MetricJudgement {
    const weighed = this.#weighed;
    if (weighed === null) return this.#compose(null, 'none', 'No runs yet.');
    const verdict = this.decided ? (this.#state as 'pass' | 'fail' | 'none') : 'unknown';
    const improved = verdict === 'pass' && isImproved(weighed, this.#levels.pass);
    return this.#compose(weighed, verdict, this.#words(weighed, improved), improved);
  }

  /** Where equal runs prove that nothing changed. */
  identical(old: Columns, fresh: Columns): MetricJudgement {
    // The one run is the same, so all others would be.
    const { old: before } = sidesOf(this.metric, old, fresh, { paired: false });
    const sides = { old: before, new: before, paired: false };
    const none = present(before).length === 0;
    const limit = limitFor(this.metric, present(sides.old), unwidened);
    const weighed: Weighed = { metric: this.metric, sides, effect: null, limit, margin: 0, failChance: 1 };
    return this.#compose(weighed, none ? 'none' : 'pass', none ? noValue : 'Identical, run for run.');
  }

  #words(weighed: Weighed, improved: boolean): string {
    const { metric } = this;
    const [old, fresh] = bothSides(weighed);
    const change = changeWords(metric, old, fresh, changeOf(weighed, this.#levels));
    const limit = `limit ${formatLimit(metric, weighed.limit)}`;
    switch (this.#state) {
      case 'none':
        if (old.runs === 0 && fresh.runs === 0) return noValue;
        return `Nothing to hold it against: ${old.runs} of the old runs have a value.`;
      case 'fail':
        return `Worse: ${change}; ${limit}; confirmed by ${this.#confirmed!.runs} fresh runs.`;
      case 'suspected':
        return `It seems worse: ${change}; ${limit}; there were no runs left to confirm it.`;
      case 'pass':
        return `${improved ? 'Better' : 'No worse'}: ${change}; ${limit}.`;
      case 'open': {
        if (fresh.runs === 0) return `Cannot say: the new runs have no value, the old ones ${old.runs}.`;
        const runs = this.#needed(weighed);
        const more = runs === null ? 'how many runs would do is not known' : `about ${runs} runs on each side would do`;
        return `Cannot say: ${change}; ${limit}; ${more}.`;
      }
    }
  }

  readonly #needed = (weighed: Weighed): number | null => {
    const now = Math.min(present(weighed.sides.old).length, present(weighed.sides.new).length);
    const runs = runsNeeded(weighed, this.#levels.fail, this.#levels.pass);
    return runs && Math.max(runs, now + 1);
  };

  #compose(
    weighed: Weighed | null,
    verdict: MetricJudgement['verdict'],
    words: string,
    improved = false,
  ): MetricJudgement {
    const { label, unit, better } = gateMetrics[this.metric];
    const [old, fresh] = weighed ? bothSides(weighed) : [nothing, nothing];
    return {
      ...{ metric: this.metric, label, unit, better, old, new: fresh },
      change: weighed && changeOf(weighed, this.#levels),
      limit: weighed ? { ...weighed.limit } : { value: gateMetrics[this.metric].limit, why: 'default' },
      ...{ verdict, improved, words, confirmed: this.#confirmed },
      runsNeeded: verdict === 'unknown' && weighed ? this.#needed(weighed) : null,
    };
  }
}

const nothing: GateSide = { mean: null, low: null, high: null, runs: 0, values: [] };
const noValue = 'Neither side has a value.';
const unwidened = { limits: {}, widen: false, budget: { new: 2, old: 2 }, passLevel: 0.05 };

function stateOf({ effect, sides, margin, failChance }: Weighed, levels: Levels) {
  const [old, fresh] = [present(sides.old), present(sides.new)];
  if (old.length < Math.min(fewestOld, sides.old.length)) return 'none';
  if (effect === null || fresh.length === 0) return 'open';
  if (failChance <= levels.fail) return 'suspected';
  const bounds = boundsOf(effect, levels.fail, levels.pass);
  return bounds !== null && bounds.high < margin ? 'pass' : 'open';
}

function changeOf({ metric, effect }: Weighed, levels: Levels): GateChange | null {
  if (effect === null) return null;
  const { scale, estimate } = effect;
  const bounds = boundsOf(effect, levels.fail, levels.pass);
  const ends = bounds && [bounds.low, bounds.high].map((each) => asChange(metric, scale, each)).sort((a, b) => a - b);
  return {
    scale,
    value: asChange(metric, scale, estimate.value),
    low: ends?.[0] ?? null,
    high: ends?.[1] ?? null,
  };
}

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

const bothSides = ({ metric, sides }: Weighed): [GateSide, GateSide] => {
  const [old, fresh] = [present(sides.old), present(sides.new)];
  const ratio = isRatio(metric, [...old, ...fresh]);
  return [sideOf(old, ratio), sideOf(fresh, ratio)];
};

/** By logarithms where the change is a ratio, so that it is the ratio of the means that are shown. */
function sideOf(values: readonly number[], ratio: boolean): GateSide {
  const estimate = meanEstimate(ratio ? values.map(Math.log) : values);
  const interval = estimate && intervalOf(estimate);
  const show = (value: number | undefined) => (value === undefined ? null : ratio ? Math.exp(value) : value);
  return {
    mean: show(estimate?.value),
    ...{ low: show(interval?.low), high: show(interval?.high) },
    ...{ runs: values.length, values: [...values] },
  };
}
