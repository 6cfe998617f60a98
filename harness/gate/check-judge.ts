/**
 * What is known of one check at one point. A check is a limit of its own, so it needs no margin: one that never failed
 * and now fails is suspected. It fails when it fails in fresh runs, too, and surely more often than before, for many
 * checks fail now and then, and may just not have done so in the baseline (R. A. Fisher's exact test). One that failed
 * before is suspected only when it surely fails more often.
 */
import { type Columns, countChecks } from './columns.js';
import type { CheckCount, CheckJudgement } from './judgement.js';

/** Of a check that failed before: how surely it fails more often now. */
const moreOftenLevel = 0.001;
/** Of a check that never failed before, all new runs together. With 24 runs in the baseline, 6 of 16 are enough. */
const neverBeforeLevel = 0.005;

export class CheckJudge {
  #state: 'open' | 'suspected' | 'pass' | 'fail' | 'none' = 'open';
  #new: CheckCount = { pass: 0, fail: 0, unknown: 0 };
  #fresh: CheckCount | null = null;
  #clearedFails = 0;
  readonly #old: CheckCount;

  constructor(
    readonly name: string,
    { old }: { readonly old: Columns },
  ) {
    this.#old = countChecks(old, name);
  }

  get suspected(): boolean {
    return this.#state === 'suspected';
  }

  get failed(): boolean {
    return this.#state === 'fail';
  }

  get decided(): boolean {
    return this.#state !== 'open' && this.#state !== 'suspected';
  }

  look(seen: Columns): void {
    if (this.decided) return;
    this.#new = countChecks(seen, this.name);
    this.#state = this.#judge();
  }

  #judge() {
    const { pass, fail } = this.#new;
    const before = this.#old;
    if (pass + fail === 0) return before.pass + before.fail === 0 ? 'none' : 'open';
    if (fail === 0) return 'pass';
    // What was cleared once is no reason to suspect it again.
    if (before.fail === 0) return fail > this.#clearedFails ? 'suspected' : 'pass';
    return fisher(before, this.#new) <= moreOftenLevel ? 'suspected' : 'pass';
  }

  /** @returns what there is to say of a failure that fresh runs do not repeat; null when they do */
  confirm(latest: Columns): string | null {
    const fresh = countChecks(latest, this.name);
    this.#fresh = fresh;
    if (fresh.fail > 0) {
      const all = { ...fresh, pass: this.#new.pass + fresh.pass, fail: this.#new.fail + fresh.fail };
      const isSure = this.#old.fail > 0 || fisher(this.#old, all) <= neverBeforeLevel;
      this.#state = isSure ? 'fail' : 'open';
      return null;
    }
    this.#state = 'open';
    this.#clearedFails = this.#new.fail;
    return `check ${this.name} failed in ${runs(this.#new)}; ${fresh.pass} fresh runs did not confirm it`;
  }

  identical(): CheckJudgement {
    return {
      ...this.said(),
      verdict: 'pass',
      words: `Identical, run for run: ${this.#old.fail} of ${this.#old.pass + this.#old.fail} fail.`,
    };
  }

  said(): CheckJudgement {
    const verdict = this.decided ? (this.#state as 'pass' | 'fail' | 'none') : 'unknown';
    return { check: this.name, verdict, words: this.#words(), old: this.#old, new: this.#new };
  }

  #words(): string {
    const [before, now] = [this.#old, this.#new];
    const told = before.pass + before.fail === 0 ? 'it was never judged before' : `before in ${runs(before)}`;
    switch (this.#state) {
      case 'none':
        return 'No run says anything of it.';
      case 'fail':
        return `It fails in ${runs(now)}, ${told}; ${runs(this.#fresh!)} of the fresh ones confirm it.`;
      case 'suspected':
        return this.#fresh?.fail
          ? `Cannot say: it fails in ${runs(now)}, ${told}, which may be chance.`
          : `It fails in ${runs(now)}, ${told}; there were no runs left to confirm it.`;
      case 'pass':
        if (now.fail === 0) return `It passes in all ${now.pass} runs.`;
        return before.fail === 0
          ? `It failed in ${runs(now)}, and not again in fresh ones.`
          : `It fails in ${runs(now)}, ${told}: no more often, as far as can be told.`;
      case 'open':
        return 'Cannot say: no run says anything of it.';
    }
  }
}

const runs = ({ pass, fail }: CheckCount): string => `${fail} of ${pass + fail} runs`;

/** The chance of so many failures among the new runs, or more, if old and new ones fail alike. */
export function fisher(old: CheckCount, fresh: CheckCount): number {
  const [n, m] = [old.pass + old.fail, fresh.pass + fresh.fail];
  const fails = old.fail + fresh.fail;
  const whole = logChoose(n + m, fails);
  let sum = 0;
  for (let k = fresh.fail; k <= Math.min(m, fails); k++) {
    if (fails - k <= n) sum += Math.exp(logChoose(m, k) + logChoose(n, fails - k) - whole);
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
