import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Exchange, estimateClock } from '../../harness/lab/remote/clocks.js';

const epoch = 1.8e9;
const span = (most: number) => fc.double({ min: 0, max: most, noNaN: true });

/** Exchanges with a clock that is ahead by so much in the beginning and gains so much a second. */
const exchangesWith = fc.record({
  offset: fc.double({ min: -1e4, max: 1e4, noNaN: true }),
  drift: fc.double({ min: -4e-4, max: 4e-4, noNaN: true }),
  grain: fc.constantFrom(0, 1),
  trips: fc.array(fc.record({ gap: span(5), out: span(0.3), back: span(0.3) }), { minLength: 1, maxLength: 60 }),
});

function played({ offset, drift, grain, trips }: typeof exchangesWith extends fc.Arbitrary<infer T> ? T : never) {
  const truth = (time: number) => offset + drift * (time - epoch);
  let now = epoch;
  const exchanges = trips.map(({ gap, out, back }): Exchange => {
    const sentAt = now + gap;
    const [asked, receivedAt] = [sentAt + out, sentAt + out + back];
    now = receivedAt;
    const there = asked + truth(asked);
    return { sentAt, receivedAt, there: grain ? Math.floor(there) : there, grain };
  });
  return { exchanges, truth };
}

describe('another machine’s clock', () => {
  it('is never further off than the uncertainty says, at any time that was asked for', () => {
    fc.assert(
      fc.property(exchangesWith, fc.double({ min: -1, max: 2, noNaN: true }), (clock, share) => {
        const { exchanges, truth } = played(clock);
        const estimate = estimateClock(exchanges)!;
        const [first, last] = [exchanges[0]!.sentAt, exchanges.at(-1)!.receivedAt];
        const time = first + share * (last - first);
        const { offset, uncertainty } = estimate.at(time);
        expect(estimate.steady).toBe(true);
        // A nanosecond for what the search leaves.
        expect(Math.abs(offset - truth(time))).toBeLessThanOrEqual(uncertainty + 1e-9);
        expect(Math.abs(estimate.drift - clock.drift)).toBeLessThanOrEqual(estimate.driftUncertainty + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('is known to half the best round trip when that was made', () => {
    fc.assert(
      fc.property(exchangesWith, (clock) => {
        const { exchanges } = played(clock);
        const { bestRoundTrip, at } = estimateClock(exchanges)!;
        const best = exchanges.find((it) => it.receivedAt - it.sentAt + it.grain === bestRoundTrip)!;
        const { uncertainty } = at((best.sentAt + best.receivedAt) / 2);
        // A thousandth for a drift within the exchange, and a microsecond for numbers of 53 bits.
        expect(uncertainty).toBeLessThanOrEqual((bestRoundTrip / 2) * 1.002 + 1e-6);
      }),
      { numRuns: 300 },
    );
  });

  it('has a drift that long watching tells: 100 ppm in 10 minutes, to 2 ppm with round trips of 1 ms', () => {
    const trips = Array.from({ length: 600 }, () => ({ gap: 1, out: 0.0005, back: 0.0005 }));
    const { exchanges } = played({ offset: 3, drift: 1e-4, grain: 0, trips });
    const { drift, driftUncertainty } = estimateClock(exchanges)!;
    expect(Math.abs(drift - 1e-4)).toBeLessThan(2e-6);
    // Both ends are known to half a round trip: 1 ms over 600 s is 1.7 ppm.
    expect(driftUncertainty).toBeLessThan(2e-6);
  });

  it('that was set meanwhile is not steady', () => {
    const trips = Array.from({ length: 20 }, () => ({ gap: 1, out: 0.001, back: 0.001 }));
    const { exchanges } = played({ offset: 0, drift: 0, grain: 0, trips });
    const set = exchanges.map((it, at) => (at < 10 ? it : { ...it, there: it.there + 0.5 }));
    expect(estimateClock(set)).toMatchObject({ steady: false });
    expect(estimateClock([])).toBeUndefined();
  });
});
