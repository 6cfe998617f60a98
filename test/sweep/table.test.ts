import { describe, expect, test } from 'vitest';
import type { Grid } from '../../harness/sweep/grid.js';
import type { RunRecord } from '../../harness/sweep/ledger.js';
import { meanOfRuns, pointHeads, pointTable, runTable } from '../../harness/sweep/table.js';

const grid = {
  points: [
    { index: 0, point: { policy: 'a, "b"', seed: 3, fast: true }, refusal: null },
    { index: 1, point: { policy: 'c', seed: 4, fast: false }, refusal: 'no' },
  ],
} as unknown as Grid;
const record = (replication: number, utilisation: number | null): RunRecord => ({
  ...{ point: 0, replication, seed: replication, verdict: null, folder: null },
  values: { utilisation_percent: utilisation, failovers: 2 },
});

describe('tables', () => {
  test('mean, half width and n of Student’s t, with nothing where nothing is known', () => {
    // s = 1, n = 3, and t at 97.5 % with 2 degrees of freedom is 4.302653.
    const three = meanOfRuns([1, 2, 3, null]);
    expect(three).toEqual({ mean: 2, halfWidth: expect.closeTo(4.302653 / Math.sqrt(3), 6), n: 3 });
    expect(meanOfRuns([5])).toEqual({ mean: 5, halfWidth: null, n: 1 });
    expect(meanOfRuns([null])).toEqual({ mean: null, halfWidth: null, n: 0 });
    expect(meanOfRuns([4, 4])).toEqual({ mean: 4, halfWidth: 0, n: 2 });
  });

  test('one row per point, names in R’s sense, quoted where needed, empty where unknown', () => {
    expect(pointTable(grid, [record(1, 50), record(2, null)])).toMatchInlineSnapshot(`
      "policy,varied_seed,fast,utilisation_percent_mean,utilisation_percent_ci95,utilisation_percent_n,failovers_mean,failovers_ci95,failovers_n
      "a, ""b""",3,true,50,,1,2,0,2
      c,4,false,,,0,,,0
      "
    `);
  });

  test('one row per run', () => {
    expect(runTable(grid, [record(1, 50), record(2, null)])).toMatchInlineSnapshot(`
      "policy,varied_seed,fast,replication,seed,utilisation_percent,failovers
      "a, ""b""",3,true,1,1,50,2
      "a, ""b""",3,true,2,2,,2
      "
    `);
  });

  test.each([
    [
      ['größe', 'grüße', '延迟', 'retard', '時間'],
      ['größe', 'grüße', '延迟', 'retard', '時間'],
    ],
    [
      ['a b', 'a-b', 'a_b', '1st'],
      ['a_b', 'a_b_2', 'a_b_3', 'x1st'],
    ],
    [
      ['seed', 'varied_seed', 'failovers'],
      ['varied_seed', 'varied_seed_2', 'varied_failovers'],
    ],
  ])('what is varied as %j keeps columns of its own', (names, heads) => {
    const point = Object.fromEntries(names.map((name) => [name, 1]));
    expect(pointHeads({ points: [{ index: 0, point, refusal: null }] } as unknown as Grid)).toEqual(heads);
  });
});
