import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contradiction, delayOf, type Moments, stagesOf } from '../../harness/measure/stages.js';

const span = fc.double({ min: 0, max: 1e4, noNaN: true });
/** A failover that came to its end: five moments, each no earlier than the one before. */
const finished = fc.tuple(span, span, span, span, span).map(([start, ...spans]): Moments & Record<string, number> => {
  const [detectedAt, selectedAt, connectedAt, resumedAt] = spans.map((_, index) =>
    spans.slice(0, index + 1).reduce((sum, each) => sum + each, start),
  ) as [number, number, number, number];
  return { faultAt: start, detectedAt, selectedAt, connectedAt, resumedAt };
});
const names = ['faultAt', 'detectedAt', 'selectedAt', 'connectedAt', 'resumedAt'] as const;

describe('stages of a failover', () => {
  it('add up to the delay, whatever the moments', () => {
    fc.assert(
      fc.property(finished, (moments) => {
        const { detection, selection, connection, resumption } = stagesOf(moments);
        expect(detection! + selection! + connection! + resumption!).toBeCloseTo(delayOf(moments)!, 5);
        expect(contradiction(stagesOf(moments), delayOf(moments))).toBeNull();
      }),
    );
  });

  it('do not depend on when the run began', () => {
    fc.assert(
      fc.property(finished, fc.integer({ min: 0, max: 1e6 }), (moments, shift) => {
        const later = Object.fromEntries(names.map((name) => [name, moments[name]! + shift])) as unknown as Moments;
        expect(delayOf(later)!).toBeCloseTo(delayOf(moments)!, 5);
        expect(stagesOf(later).selection!).toBeCloseTo(stagesOf(moments).selection!, 5);
      }),
    );
  });

  it('are unknown on both sides of a moment that is unknown, and nowhere else', () => {
    fc.assert(
      fc.property(finished, fc.constantFrom(...names), (moments, name) => {
        const stages = stagesOf({ ...moments, [name]: null });
        const unknown = Object.values(stages).filter((each) => each === null).length;
        expect(unknown).toBe(name === 'faultAt' || name === 'resumedAt' ? 1 : 2);
      }),
    );
  });

  it('are called contradictory when one runs backwards', () => {
    fc.assert(
      fc.property(finished, fc.double({ min: 1e-3, max: 10, noNaN: true }), (moments, back) => {
        const wrong = { ...moments, selectedAt: moments.detectedAt! - back };
        expect(contradiction(stagesOf(wrong), delayOf(wrong))).toMatch(/^selection takes -/);
      }),
    );
  });

  it('are called contradictory when the sum is not the delay', () => {
    fc.assert(
      fc.property(finished, fc.double({ min: 1e-3, max: 10, noNaN: true }), (moments, error) => {
        expect(contradiction(stagesOf(moments), delayOf(moments)! + error)).toMatch(/add up to/);
      }),
    );
  });

  it('are called contradictory when one was not seen although the failover ended', () => {
    const moments = { faultAt: 1, detectedAt: 2, selectedAt: 3, connectedAt: null, resumedAt: 5 };
    expect(contradiction(stagesOf(moments), delayOf(moments))).toBe('resumed, but connection and resumption not seen');
  });

  it('may be missing while a failover is open', () => {
    const moments = { faultAt: 1, detectedAt: 2, selectedAt: null, connectedAt: null, resumedAt: null };
    expect(contradiction(stagesOf(moments), delayOf(moments))).toBeNull();
  });
});
