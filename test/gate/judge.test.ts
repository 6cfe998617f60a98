import { describe, expect, it } from 'vitest';
import { judgePoint } from '../../harness/gate/judge.js';
import { around, metricIn, pointCase, side } from './cases.js';

const resumption = (values: readonly (number | null)[], firstSeed = 1) =>
  side({ 'resumption.mean': values }, { firstSeed });

describe('a metric', () => {
  it('passes at the first look when it is surely within its limit', () => {
    // ±5 % over 8 and 24 runs: a standard error of about 1 %, and the limit is 10 %.
    const { wanted, judgement } = judgePoint(
      pointCase(resumption(around(1, 0.05, 24)), resumption(around(1, 0.05, 8, 50))),
    );
    expect(wanted).toBe(8);
    expect(metricIn(judgement, 'resumption.mean')).toMatchObject({ verdict: 'pass', improved: false });
    expect(judgement.looks).toBe(1);
  });

  it('that is surely beyond it waits for fresh runs, which confirm the failure', () => {
    const old = resumption(around(1, 0.05, 24));
    const first = judgePoint(pointCase(old, resumption(around(1.5, 0.05, 8, 50))));
    expect(first.wanted).toBe(16);
    expect(metricIn(first.judgement, 'resumption.mean').verdict).toBe('unknown');
    const { wanted, judgement } = judgePoint(pointCase(old, resumption(around(1.5, 0.05, 16, 50))));
    expect(wanted).toBe(16);
    const judged = metricIn(judgement, 'resumption.mean');
    expect(judged).toMatchObject({ verdict: 'fail', confirmed: { runs: 8 } });
    // Both bounds lie about the 50 % that it is.
    expect(judged.change!.low!).toBeGreaterThan(0.1);
    expect(judged.change!.low!).toBeLessThan(0.5);
    expect(judged.change!.high!).toBeGreaterThan(0.5);
    expect(judged.words).toMatch(/^Worse: 1\.\d+ s instead of \d.*limit \+10 %; confirmed by 8 fresh runs\.$/);
  });

  it('is cleared, and that is logged, when fresh runs do not confirm it; then it is judged on all of them', () => {
    const bad = around(1.5, 0.05, 8, 50);
    const { judgement } = judgePoint(
      pointCase(resumption(around(1, 0.05, 24)), resumption([...bad, ...around(1, 0.05, 16, 90)])),
    );
    expect(judgement.cleared).toHaveLength(1);
    expect(judgement.cleared[0]).toMatchObject({ what: 'resumption.mean', look: 1 });
    expect(judgement.cleared[0]!.words).toMatch(/seemed worse .* 8 fresh runs did not confirm it/);
    expect(metricIn(judgement, 'resumption.mean').verdict).not.toBe('fail');
  });

  it('that is neither gets more runs up to the budget, then says how many would do', () => {
    const [old, fresh] = [around(1, 0.4, 24), around(1.09, 0.4, 24, 50)];
    expect(judgePoint(pointCase(resumption(old), resumption(fresh.slice(0, 8)))).wanted).toBe(16);
    const { wanted, judgement } = judgePoint(pointCase(resumption(old), resumption(fresh)));
    expect(wanted).toBe(24);
    const judged = metricIn(judgement, 'resumption.mean');
    expect(judged.verdict).toBe('unknown');
    expect(judged.runsNeeded!).toBeGreaterThan(24);
    expect(judged.words).toMatch(/^Cannot say: .* about \d+ runs on each side would do\.$/);
  });

  it('that got better passes and says so', () => {
    const { judgement } = judgePoint(pointCase(resumption(around(1, 0.05, 24)), resumption(around(0.7, 0.05, 8, 50))));
    const judged = metricIn(judgement, 'resumption.mean');
    expect(judged).toMatchObject({ verdict: 'pass', improved: true });
    expect(judged.words).toMatch(/^Better: /);
  });

  it('of which more is better fails when there is less', () => {
    const speed = (level: number, count: number, from = 0) => side({ handlingSpeed: around(level, 0.05, count, from) });
    const { judgement } = judgePoint(pointCase(speed(60, 24), speed(40, 16, 50)));
    const judged = metricIn(judgement, 'handlingSpeed');
    expect(judged.verdict).toBe('fail');
    expect(judged.change!.value).toBeCloseTo(-1 / 3, 1);
    expect(judged.change!.low!).toBeLessThan(judged.change!.high!);
  });

  it('that may be zero is judged by its difference', () => {
    const lost = (values: number[]) => side({ requestsLost: values });
    const none = lost(Array(24).fill(0));
    expect(metricIn(judgePoint(pointCase(none, lost(Array(8).fill(0)))).judgement, 'requestsLost').verdict).toBe(
      'pass',
    );
    const some = judgePoint(pointCase(none, lost([...around(20, 0.3, 16)]))).judgement;
    expect(metricIn(some, 'requestsLost')).toMatchObject({ verdict: 'fail', change: { scale: 'difference' } });
  });

  it('without values on both sides is no matter, without new ones cannot be said', () => {
    const old = side({ 'resumption.mean': around(1, 0.05, 24), handlingSpeed: around(60, 0.01, 24) });
    const fresh = side({ handlingSpeed: around(60, 0.01, 24) });
    const { judgement } = judgePoint(pointCase(old, fresh));
    expect(metricIn(judgement, 'takeover').verdict).toBe('none');
    expect(metricIn(judgement, 'resumption.mean')).toMatchObject({ verdict: 'unknown', runsNeeded: null });
  });

  it('fails alone where others of the same run vary: the limit is corrected for all of them', () => {
    // Twenty noisy metrics without a change beside one that has one.
    const names = [
      'failoverDelay.mean',
      'failoverDelay.p95',
      'detection.mean',
      'selection.mean',
      'handlingTime',
    ] as const;
    const noisy = (count: number, from: number) =>
      Object.fromEntries(names.map((name, at) => [name, around(1, 0.1, count, from + 100 * at)]));
    const old = side({ ...noisy(24, 0), 'resumption.mean': around(1, 0.05, 24, 7) });
    const fresh = side({ ...noisy(16, 1000), 'resumption.mean': around(2, 0.05, 16, 70) });
    const failed = judgePoint(pointCase(old, fresh)).judgement.metrics.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ metric }) => metric)).toEqual(['resumption.mean']);
  });
});

describe('runs of the same seed', () => {
  // The seeds' own spread is ±40 %, the change is 20 % in each.
  const level = around(1, 0.4, 24);
  const fresh = level.map((value) => value * 1.2);

  it('are held against each other one by one, which finds what means would not', () => {
    const paired = judgePoint(pointCase(resumption(level), resumption(fresh.slice(0, 16)), { paired: true })).judgement;
    expect(metricIn(paired, 'resumption.mean').verdict).toBe('fail');
    const apart = judgePoint(pointCase(resumption(level), resumption(fresh, 1000))).judgement;
    expect(metricIn(apart, 'resumption.mean').verdict).toBe('unknown');
  });

  it('confirm by pairs only where the baseline has them', () => {
    const few = resumption(level.slice(0, 8));
    const { judgement } = judgePoint(
      pointCase(few, resumption(level.slice(0, 16).map((value) => value * 3)), { paired: true }),
    );
    expect(metricIn(judgement, 'resumption.mean')).toMatchObject({ verdict: 'fail', confirmed: { runs: 8 } });
  });

  it('that are equal pass by identity after one, when the fingerprints are equal, too', () => {
    const old = side({ 'resumption.mean': level }, { checks: { noRequestLost: Array(24).fill('pass') } });
    const one = side({ 'resumption.mean': level.slice(0, 1) }, { checks: { noRequestLost: ['pass'] } });
    const same = judgePoint(pointCase(old, one, { sameFingerprint: true, paired: true }));
    expect(same).toMatchObject({ wanted: 1, judgement: { identical: true } });
    expect(judgePoint(pointCase(old, one, { paired: true })).wanted).toBe(8);
    const other = side({ 'resumption.mean': [9] }, { checks: { noRequestLost: ['pass'] } });
    expect(judgePoint(pointCase(old, other, { sameFingerprint: true, paired: true }))).toMatchObject({
      wanted: 8,
      judgement: { identical: false },
    });
  });
});

describe('limits', () => {
  const noisy = resumption(around(1, 0.6, 24));

  it('of defaults are widened to what the budget can hold, so that an unchanged program passes', () => {
    const { judgement } = judgePoint(pointCase(noisy, resumption(around(1, 0.6, 24, 50)), { widen: true }));
    const { limit, verdict } = metricIn(judgement, 'resumption.mean');
    expect(limit.why).toBe('noise');
    expect(limit.value).toBeGreaterThan(0.2);
    expect(verdict).toBe('pass');
  });

  it('that somebody set hold as they are, for one metric or for a family', () => {
    const limits = { resumption: 0.05, 'resumption.p95': 0.5 };
    const { judgement } = judgePoint(pointCase(noisy, resumption(around(1, 0.6, 24, 50)), { widen: true, limits }));
    expect(metricIn(judgement, 'resumption.mean')).toMatchObject({
      limit: { value: 0.05, why: 'set' },
      verdict: 'unknown',
    });
    expect(metricIn(judgement, 'resumption.p95').limit.value).toBe(0.5);
  });

  it('leave out what is too small to matter: 2 ms of a delay of 1 ms', () => {
    const { judgement } = judgePoint(
      pointCase(resumption(around(0.001, 0.01, 24)), resumption(around(0.0025, 0.01, 8))),
    );
    expect(metricIn(judgement, 'resumption.mean').verdict).toBe('pass');
  });
});

describe('a check', () => {
  const checked = (said: ('pass' | 'fail' | 'unknown')[]) =>
    side({ handlingSpeed: said.map((_, at) => around(60, 0.01, 1, at)[0]!) }, { checks: { noRequestLost: said } });
  const passing = checked(Array(24).fill('pass'));
  const verdictOf = (old: typeof passing, fresh: typeof passing) =>
    judgePoint(pointCase(old, fresh)).judgement.checks[0]!;

  it('that never failed fails when it does so again in fresh runs, and more than now and then', () => {
    const once = [...Array(7).fill('pass'), 'fail'];
    expect(judgePoint(pointCase(passing, checked(once))).wanted).toBe(16);
    const often = Array.from({ length: 8 }, (_, at) => (at % 2 ? 'fail' : 'pass') as 'fail' | 'pass');
    expect(verdictOf(passing, checked([...often, ...often])).verdict).toBe('fail');
    // One run of eight: 24 runs may have been without a failure by chance.
    expect(verdictOf(passing, checked([...once, ...once, ...once, ...once]))).toMatchObject({
      verdict: 'unknown',
      words: 'Cannot say: it fails in 4 of 32 runs, before in 0 of 24 runs, which may be chance.',
    });
    const { checks, cleared } = judgePoint(pointCase(passing, checked([...once, ...Array(8).fill('pass')]))).judgement;
    expect(checks[0]).toMatchObject({
      verdict: 'pass',
      words: 'It failed in 1 of 16 runs, and not again in fresh ones.',
    });
    expect(cleared[0]!.words).toMatch(/check noRequestLost failed in 1 of 8 runs/);
  });

  it('that failed before fails only when it fails surely more often', () => {
    const half = checked(Array.from({ length: 24 }, (_, at) => (at % 2 ? 'pass' : 'fail')));
    expect(verdictOf(half, checked(['fail', 'pass', 'fail', 'pass', 'pass', 'fail', 'pass', 'fail']))).toMatchObject({
      verdict: 'pass',
    });
    const seldom = checked(Array.from({ length: 24 }, (_, at) => (at === 3 ? 'fail' : 'pass')));
    expect(verdictOf(seldom, checked(Array(16).fill('fail'))).verdict).toBe('fail');
  });

  it('that no run says anything of cannot be said, unless none ever did', () => {
    expect(verdictOf(passing, checked(Array(24).fill('unknown'))).verdict).toBe('unknown');
    expect(verdictOf(checked(Array(24).fill('unknown')), checked(Array(24).fill('unknown'))).verdict).toBe('none');
  });
});
