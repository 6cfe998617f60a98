import { describe, expect, it } from 'vitest';
import { formatQuantity } from '../../harness/calibrate/format.js';
import { meanLine, quantileLine, rateLine, shareLine, verdictOfAll } from '../../harness/calibrate/line.js';
import type { CalibrationVerdict } from '../../harness/result/calibration.js';

const claim = (asked: number, tolerance: number) => ({ key: 'k', what: 'w', asked, tolerance });
/** Mean 10, with an interval of ± 0.72. */
const sample = [9, 10, 11, 9, 10, 11, 9, 10, 11];

describe('a line is judged by its interval, not by its value', () => {
  it.each<[number, number, CalibrationVerdict]>([
    [10, 1, 'within'],
    [10.2, 1, 'within'],
    // The value is within, a part of the interval is not.
    [10, 0.5, 'undecided'],
    [10.9, 1, 'undecided'],
    [11.5, 1, 'undecided'],
    [12, 1, 'outside'],
    [8, 1, 'outside'],
  ])('asked %d ± %d: %s', (asked, tolerance, verdict) => {
    const line = meanLine(claim(asked, tolerance), 'seconds', sample);
    expect(line).toMatchObject({ measured: 10, n: 9, verdict });
    expect(line.low).toBeCloseTo(9.334, 2);
  });

  it.each([[[]], [[10]]])('nothing is claimed of %j', (few) => {
    expect(meanLine(claim(10, 5), 'seconds', few)).toMatchObject({ verdict: 'undecided', low: null, n: few.length });
  });

  it('too few observations have no 99 % quantile', () => {
    expect(quantileLine(claim(10, 100), 'seconds', sample, 0.99).verdict).toBe('undecided');
  });
});

it('shares are in percent', () => {
  expect(shareLine(claim(5, 1), 500, 10_000)).toMatchObject({ measured: 5, unit: 'percent', verdict: 'within' });
  expect(shareLine(claim(5, 1), 700, 10_000).verdict).toBe('outside');
  expect(shareLine(claim(0, 0.25), 0, 100).verdict).toBe('undecided');
});

describe('a rate', () => {
  it('comes from gaps: late packets, after which others catch up, do not widen its interval much', () => {
    // 1514 bytes at 10 Mbit/s every 1.2112 ms; timers of 4 ms let several go at once.
    const due = Array.from({ length: 201 }, (_, at) => at * 1.2112e-3);
    const seen = due.map((time) => Math.ceil(time / 4e-3) * 4e-3);
    const gaps = seen.slice(1).map((time, at) => time - seen[at]!);
    const line = rateLine(claim(10e6, 0.5e6), 12_112, gaps);
    expect(line).toMatchObject({ n: 200, verdict: 'within', unit: 'bitsPerSecond' });
    expect(Math.abs(line.measured! - 10e6)).toBeLessThan(0.2e6);
  });

  it('of no packets is unknown', () => {
    expect(rateLine(claim(1, 1), 100, [])).toMatchObject({ measured: null, verdict: 'undecided' });
  });
});

it('a calibration is as good as its worst line', () => {
  const line = (verdict: CalibrationVerdict) => ({ ...meanLine(claim(10, 1), 'seconds', sample), verdict });
  expect(verdictOfAll([line('within'), line('within')])).toBe('within');
  expect(verdictOfAll([line('within'), line('undecided')])).toBe('undecided');
  expect(verdictOfAll([line('undecided'), line('outside')])).toBe('outside');
});

it.each([
  [0.0102345, 'seconds', '10.23 ms'],
  [98.68e6, 'bitsPerSecond', '98.68 Mbit/s'],
  [4.9361, 'percent', '4.936 %'],
  [-0.0008096, 'seconds', '−0.81 ms'],
  [3e-7, 'seconds', '0 ms'],
  [null, 'percent', '–'],
] as const)('%d %s reads %s', (value, unit, text) => expect(formatQuantity(value, unit)).toBe(text));
