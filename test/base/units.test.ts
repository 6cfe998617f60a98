import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, minutes, ms, parseDuration, s, toMilliseconds } from '../../harness/base/units.js';

describe('reading a duration', () => {
  it.each([
    ['250ms', 0.25],
    ['30s', 30],
    ['5min', 300],
    ['1h', 3600],
    ['2.5', 2.5],
    [' 10s ', 10],
    ['0', 0],
  ])('takes %j', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each(['', ' ', 's', '-1s', '1 s', '1m', '1e3', '.5s', '5.s', '0x10', 'Infinity', '1s2', 'ten'])(
    'takes %j for no duration',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );

  it('reads the very number that the unit makes', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        expect(parseDuration(`${value}ms`)).toBe(ms(value));
        expect(parseDuration(`${value}s`)).toBe(s(value));
        expect(parseDuration(`${value}min`)).toBe(minutes(value));
      }),
    );
  });
});

it('gives whole milliseconds back as they were asked for', () => {
  fc.assert(fc.property(fc.nat(1e9), (value) => toMilliseconds(ms(value)) === value));
});

describe('showing a duration', () => {
  it.each([
    [0, '0 ms'],
    [0.0123, '12.3 ms'],
    [0.9994, '999 ms'],
    // Three digits of 999.9 ms would be 1000 ms, which reads better as a second.
    [0.9999, '1 s'],
    [1.534, '1.53 s'],
    [-0.5, '-500 ms'],
    [119.4, '119 s'],
    [119.9, '2 min 0 s'],
    [125, '2 min 5 s'],
    [-125, '-2 min 5 s'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('writes %d as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});
