import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { type PolicyInput, policySchema } from '../../harness/experiment/policy.js';
import { type PoolPolicy, poolPolicy } from '../../harness/protocol/policy.js';

/** A pool of entries 0, 1, 2, … with these policies and loads. */
function poolOf(...entries: { policy: PolicyInput; load?: number }[]): PoolPolicy {
  const policies = entries.map(({ policy }) => policySchema.parse(policy));
  const pool = poolPolicy(policies[0]!, randomFrom(1));
  for (const [entry, policy] of policies.entries()) pool.add(entry, policy, entries[entry]!.load ?? 0);
  return pool;
}

const select = (pool: PoolPolicy, times: number): string => Array.from({ length: times }, () => pool.select()).join('');

/** How often each of the entries was selected. */
function countsOf(pool: PoolPolicy, times: number, entries: number): number[] {
  const counts = new Array<number>(entries).fill(0);
  for (let n = 0; n < times; n++) counts[pool.select()]! += 1;
  return counts;
}

/** Five standard deviations of a count of so many trials with this probability: missed once in two million. */
const fiveSigma = (times: number, probability: number) => 5 * Math.sqrt(times * probability * (1 - probability));

describe('pool policies of RFC 5356', () => {
  test('Round Robin takes all in turn; newcomers and returners join at the end', () => {
    const pool = poolOf({ policy: 'RoundRobin' }, { policy: 'RoundRobin' }, { policy: 'RoundRobin' });
    expect(select(pool, 4)).toBe('0120');
    pool.remove(1);
    pool.add(3, policySchema.parse('RoundRobin'), 0);
    expect(select(pool, 4)).toBe('2032');
    pool.update(2, 0.9);
    expect(select(pool, 3)).toBe('032');
  });

  test('Weighted Round Robin takes each as often per round as its weight', () => {
    const pool = poolOf(
      { policy: { name: 'WeightedRoundRobin', weight: 3 } },
      { policy: { name: 'WeightedRoundRobin', weight: 1 } },
      { policy: { name: 'WeightedRoundRobin', weight: 2 } },
    );
    for (let round = 0; round < 4; round++) expect([...select(pool, 6)].sort().join('')).toBe('000122');
    const equal = poolOf(...Array.from({ length: 3 }, () => ({ policy: 'WeightedRoundRobin' as const })));
    expect(select(equal, 6)).toBe('012012');
  });

  test('Weighted Round Robin lets a newcomer take part, not catch up', () => {
    const pool = poolOf({ policy: 'WeightedRoundRobin' }, { policy: 'WeightedRoundRobin' });
    select(pool, 20);
    pool.add(2, policySchema.parse('WeightedRoundRobin'), 0);
    expect([...select(pool, 9)].filter((entry) => entry === '2').length).toBeLessThanOrEqual(4);
  });

  test('Priority takes the highest value, equals in turn', () => {
    const pool = poolOf(
      { policy: { name: 'Priority', priority: 1 } },
      { policy: { name: 'Priority', priority: 7 } },
      { policy: { name: 'Priority', priority: 7 } },
    );
    expect(select(pool, 3)).toBe('121');
    pool.remove(1);
    pool.remove(2);
    expect(select(pool, 2)).toBe('00');
  });

  test('Least Used takes the lowest announced load, equals in turn, and does not guess', () => {
    const pool = poolOf({ policy: 'LeastUsed', load: 0.2 }, { policy: 'LeastUsed' }, { policy: 'LeastUsed' });
    expect(select(pool, 3)).toBe('121');
    pool.update(1, 0.5);
    expect(select(pool, 2)).toBe('22');
    pool.update(2, 0.2);
    // 0 has waited longer than 2.
    expect(select(pool, 3)).toBe('020');
  });

  test('Least Used with degradation counts each choice as load until the next update', () => {
    const policy = { name: 'LeastUsedDegradation', loadDegradation: 0.25 } as const;
    const pool = poolOf({ policy, load: 0 }, { policy, load: 0.5 });
    // Loads 0, .5 → .25, .5 → .5, .5: now 1 has waited longer → .5, .75 → 0 again.
    expect(select(pool, 4)).toBe('0010');
    pool.update(0, 0);
    expect(select(pool, 3)).toBe('000');
  });

  test('Priority Least Used adds the degradation of the next request without counting choices', () => {
    const pool = poolOf(
      { policy: { name: 'PriorityLeastUsed', loadDegradation: 0.5 }, load: 0 },
      { policy: { name: 'PriorityLeastUsed', loadDegradation: 0.1 }, load: 0.3 },
    );
    expect(select(pool, 3)).toBe('111');
    pool.update(1, 0.45);
    expect(select(pool, 2)).toBe('00');
  });

  test('Priority Least Used with degradation does both', () => {
    const policy = { name: 'PriorityLeastUsedDegradation', loadDegradation: 0.25 } as const;
    const pool = poolOf({ policy, load: 0 }, { policy: { ...policy, loadDegradation: 0.5 }, load: 0 });
    // Keys .25, .5 → .5, .5 → (1 waited longer) .5, 1 → .75, 1 → 1, 1 → (1 has waited longer) …
    expect(select(pool, 5)).toBe('01001');
  });

  test('Random takes each equally often', () => {
    const pool = poolOf(...Array.from({ length: 4 }, () => ({ policy: 'Random' as const })));
    pool.remove(1);
    const counts = countsOf(pool, 30_000, 4);
    expect(counts[1]).toBe(0);
    for (const entry of [0, 2, 3]) expect(Math.abs(counts[entry]! - 10_000)).toBeLessThan(fiveSigma(30_000, 1 / 3));
  });

  test('Weighted Random takes each in proportion to its weight, after others left and came', () => {
    const weighing = (weight: number) => ({ policy: { name: 'WeightedRandom', weight } as const });
    const pool = poolOf(weighing(1), weighing(5), weighing(3), weighing(2));
    pool.remove(1);
    pool.add(4, policySchema.parse(weighing(4).policy), 0);
    const counts = countsOf(pool, 40_000, 5);
    expect(counts[1]).toBe(0);
    for (const [entry, weight] of [
      [0, 1],
      [2, 3],
      [3, 2],
      [4, 4],
    ] as const) {
      expect(Math.abs(counts[entry]! - weight * 4000)).toBeLessThan(fiveSigma(40_000, weight / 10));
    }
  });

  test('Randomized Least Used takes each in proportion to what it has free, and all alike when all are full', () => {
    const pool = poolOf(
      { policy: 'RandomizedLeastUsed', load: 0.9 },
      { policy: 'RandomizedLeastUsed', load: 0.5 },
      { policy: 'RandomizedLeastUsed', load: 1 },
    );
    const counts = countsOf(pool, 30_000, 3);
    expect(counts[2]).toBe(0);
    expect(Math.abs(counts[0]! - 5000)).toBeLessThan(fiveSigma(30_000, 1 / 6));
    pool.update(0, 1);
    pool.update(1, 1);
    expect(Math.min(...countsOf(pool, 3000, 3))).toBeGreaterThan(1000 - fiveSigma(3000, 1 / 3));
  });

  test('an empty pool gives nothing', () => {
    const pool = poolOf({ policy: 'LeastUsed' });
    pool.remove(0);
    expect(pool.select()).toBe(-1);
    expect(pool.size).toBe(0);
  });
});

describe('several at once', () => {
  const policies: PolicyInput[] = [
    ...(['RoundRobin', 'Random', 'LeastUsed', 'RandomizedLeastUsed'] as const),
    { name: 'WeightedRoundRobin', weight: 2 },
    { name: 'LeastUsedDegradation', loadDegradation: 0.1 },
    { name: 'WeightedRandom', weight: 3 },
  ];

  test.each(policies)('one of %s is what is chosen alone, time after time', (policy) => {
    const entries = Array.from({ length: 5 }, (_, at) => ({ policy, load: at / 10 }));
    const [alone, together] = [poolOf(...entries), poolOf(...entries)];
    for (let time = 0; time < 50; time += 1) expect(together.selectSeveral(1)).toEqual([alone.select()]);
  });

  test.each(policies)('of %s all are different, and all that there are when more are asked for', (policy) => {
    const pool = poolOf({ policy }, { policy, load: 0.2 }, { policy, load: 0.4 }, { policy, load: 0.6 });
    for (let time = 0; time < 20; time += 1) expect(new Set(pool.selectSeveral(3)).size).toBe(3);
    expect(pool.selectSeveral(9).sort()).toEqual([0, 1, 2, 3]);
    expect(pool.size).toBe(4);
  });
});
