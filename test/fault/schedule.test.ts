import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { nextUpTime, timesOf } from '../../harness/fault/schedule.js';
import { all, at, busy, every, failure, impair, kill, ms, mtbf, named, one, powerOff, s } from '../../harness/index.js';

const fault = kill(one('elements'));
const timed = <T extends { when: string }>(schedule: T) => schedule as Exclude<T, { when: 'mtbf' }>;

describe('times', () => {
  it('of every are exact multiples of its interval after the first, all of them within the measurement', () => {
    const spans = fc.double({ min: 0.01, max: 1000, noNaN: true });
    fc.assert(
      fc.property(spans, fc.double({ min: 0, max: 1000, noNaN: true }), spans, (interval, first, length) => {
        fc.pre(length / interval < 10_000);
        const times = timesOf(timed(every(s(interval), fault, { first: s(first) })) as never, length);
        times.forEach((time, n) => {
          expect(time).toBe(first + n * interval);
          expect(time).toBeLessThanOrEqual(length);
        });
        // Nothing is left out: the next would be too late.
        expect(first + times.length * interval).toBeGreaterThan(length);
      }),
    );
  });

  it('of every begin after one interval, unless said otherwise', () => {
    expect(timesOf(every(s(60), fault) as never, 180)).toEqual([60, 120, 180]);
    expect(timesOf(every(s(60), fault, { first: s(0) }) as never, 180)).toEqual([0, 60, 120, 180]);
  });

  it('of at are one, or none when it lies behind the end', () => {
    expect(timesOf(at(s(10), fault) as never, 10)).toEqual([10]);
    expect(timesOf(at(s(10), fault) as never, 9.999)).toEqual([]);
  });

  it('of mtbf have the mean asked for', () => {
    const schedule = mtbf(s(100), fault) as Parameters<typeof nextUpTime>[0];
    const random = randomFrom(3);
    const count = 20_000;
    const mean = Array.from({ length: count }, () => nextUpTime(schedule, random)).reduce((a, b) => a + b) / count;
    // The mean of n exponentials deviates by mean/√n = 0.71 s; five times that is never seen.
    expect(Math.abs(mean - 100)).toBeLessThan((5 * 100) / Math.sqrt(count));
  });
});

describe('what is left out', () => {
  it('lasts until the end, heals at once under mtbf, and comes back under the same address', () => {
    expect(at(s(1), fault).lasting).toBeNull();
    expect(every(s(1), fault).lasting).toBeNull();
    expect(mtbf(s(1), fault).lasting).toBe(0);
    expect(fault.reappear).toBe('same-address');
  });

  it('is a new address for the failure of the paper', () => {
    expect(failure(all('elements')).reappear).toBe('new-address');
  });
});

describe('refusals', () => {
  it.each([
    ['a negative time', () => at(s(-1), fault), 'at.time: expected at least 0, got -1'],
    ['an interval of nothing', () => every(s(0), fault), 'every.interval: expected more than 0, got 0'],
    ['a negative length', () => every(s(1), fault, { lasting: s(-1) }), 'every.lasting: expected at least 0, got -1'],
    ['an MTBF of nothing', () => mtbf(s(0), fault), 'mtbf.mean: expected more than 0, got 0'],
    ['nobody', () => kill(named()), 'kill.target.names: expected at least 1 entry, got []'],
    [
      'an unknown option',
      () => powerOff(one('elements'), { raepper: 'new-address' } as object),
      "powerOff: unknown option 'raepper'",
    ],
    [
      'an unknown way back',
      () => powerOff(one('elements'), { reappear: 'never' as never }),
      'powerOff.reappear: expected one of same-address, new-address, got "never"',
    ],
    [
      'an impossible impairment',
      () => impair(busy('elements'), { delay: ms(-5) }),
      'impair.impairment.delay: expected at least 0, got -0.005',
    ],
    ['no fault at all', () => at(s(1), undefined as never), 'at.fault: expected object, got nothing'],
  ])('of %s', (_, make, message) => expect(make).toThrow(expect.objectContaining({ code: 'bad-input', message })));
});
