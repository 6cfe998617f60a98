import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultQueuePackets,
  expectNetem,
  type NetemOptions,
  netemArguments,
  netemCommands,
  netemDifferences,
} from '../../harness/lab/netem.js';
import { type Impairment, impairmentSchema } from '../../harness/topology/impairment.js';

/** What the kernel would keep from an impairment before. */
const off = 'corrupt 0% reorder 0% rate 0bit';

describe('arguments', () => {
  it.each<[Impairment, string]>([
    [{}, `limit 100000 ${off}`],
    [{ delay: 0.01 }, `limit 100000 delay 10ms ${off}`],
    [{ delay: 0.01, jitter: 0.0025 }, `limit 100000 delay 10ms 2.5ms distribution normal ${off}`],
    // tc refuses a distribution around a jitter of nothing.
    [{ delay: 0.01, jitter: 0 }, `limit 100000 delay 10ms ${off}`],
    [{ delay: 0.01, jitter: 0.001, jitterDistribution: 'uniform' }, `limit 100000 delay 10ms 1ms ${off}`],
    [
      { burstLoss: { toBadPercent: 1, toGoodPercent: 25, badLossPercent: 90, goodLossPercent: 0.5 } },
      `limit 100000 loss gemodel 1% 25% 90% 0.5% ${off}`,
    ],
    [{ lossPercent: 0.5, rateMbit: 10, queuePackets: 50 }, 'limit 50 loss 0.5% corrupt 0% reorder 0% rate 10mbit'],
    [
      { delay: 0.1, duplicatePercent: 1, corruptPercent: 2, reorderPercent: 3 },
      'limit 100000 delay 100ms duplicate 1% corrupt 2% reorder 3% rate 0bit',
    ],
  ])('for %j', (impairment, words) => expect(netemArguments(impairment).join(' ')).toBe(words));
});

const percent = fc.double({ min: 0, max: 100, noNaN: true });
const impairments = fc
  .record(
    {
      delay: fc.double({ min: 0, max: 10, noNaN: true }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      lossPercent: percent,
      duplicatePercent: percent,
      corruptPercent: percent,
      reorderPercent: percent,
      rateMbit: fc.double({ min: 0.01, max: 10_000, noNaN: true }),
      queuePackets: fc.integer({ min: 1, max: 1e6 }),
    },
    { requiredKeys: [] },
  )
  .filter((it) => impairmentSchema.safeParse(it).success);

/** What tc says of a netem that was made with these words: microseconds, 32-bit fractions, whole bytes per second. */
function kernel(words: readonly string[]): NetemOptions {
  const after = (name: string, offset = 1) => {
    const at = words.indexOf(name);
    const word = at < 0 ? undefined : words[at + offset];
    return word && /^[\d.e+-]+(ms|%|mbit)?$/.test(word) ? Number.parseFloat(word) : undefined;
  };
  const seconds = (value: number | undefined) => Math.round((value ?? 0) * 1e3) / 1e6;
  const fraction = (value: number | undefined) => Math.round(((value ?? 0) / 100) * 0xffff_ffff) / 0xffff_ffff;
  return {
    limit: after('limit') ?? 1000,
    delay: { delay: seconds(after('delay')), jitter: seconds(after('delay', 2)) },
    'loss-random': { loss: fraction(after('loss')) },
    duplicate: { duplicate: fraction(after('duplicate')) },
    corrupt: { corrupt: fraction(after('corrupt')) },
    reorder: { reorder: fraction(after('reorder')) },
    rate: { rate: Math.round(((after('rate') ?? 0) * 1e6) / 8) },
  };
}

it('starts a queue anew for uniform jitter, which is the absence of a table that would stay', () => {
  const words = netemCommands('pe1-red', { delay: 0.01, jitter: 0.001, jitterDistribution: 'uniform' });
  expect(words.map((command) => command[5])).toEqual(['pfifo', 'netem']);
  expect(netemCommands('pe1-red', { delay: 0.01, jitter: 0.001 })).toHaveLength(1);
});

describe('reading back', () => {
  it('finds no difference between what was asked and what a kernel made of it', () => {
    fc.assert(
      fc.property(impairments, (asked) => {
        expect(netemDifferences(asked, kernel(netemArguments(asked)))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('finds every value that is not as asked', () => {
    fc.assert(
      fc.property(
        impairments,
        fc.constantFrom('delay', 'lossPercent', 'rateMbit', 'queuePackets' as const),
        (asked, name) => {
          const other = { ...asked, [name]: (asked[name as 'delay'] ?? 0) * 2 + 1 };
          const differences = netemDifferences(other, kernel(netemArguments(asked)));
          expect(differences.map((text) => text.split(':')[0])).toContain(
            { delay: 'delay', lossPercent: 'loss', rateMbit: 'rate', queuePackets: 'limit' }[name],
          );
        },
      ),
    );
  });

  it('says what was asked and what is there', () => {
    expect(
      netemDifferences({ delay: 0.01, lossPercent: 5 }, { limit: 1000, delay: { delay: 0.01, jitter: 0 } }),
    ).toEqual(['loss: asked 5, got 0', `limit: asked ${defaultQueuePackets}, got 1000`]);
  });

  it('breaks the lab when a device has another netem than asked, or none', () => {
    const state = { kind: 'netem', dev: 'pe1-red', options: kernel(netemArguments({ delay: 0.01 })) };
    expect(() => expectNetem('pe1-red', { delay: 0.01 }, [state])).not.toThrow();
    expect(() => expectNetem('pe1-red', { delay: 0.02 }, [state])).toThrow(
      expect.objectContaining({
        code: 'lab-broken',
        message: 'netem on pe1-red is not as asked: delay: asked 0.02, got 0.01',
      }),
    );
    expect(() => expectNetem('pe2-red', { delay: 0.01 }, [state])).toThrow('pe2-red has no netem');
    expect(() => expectNetem('pe1-red', {}, [{ ...state, kind: 'noqueue' }])).toThrow('pe1-red has no netem');
  });
});
