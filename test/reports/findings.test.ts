/** A finding's table: numbers with the digits that make sense, and how often something happened. */

import { describe, expect, it } from 'vitest';
import { badInput } from '../../harness/base/errors.js';
import { metricColumns } from '../../harness/sweep/columns.js';
import type { GrownTable } from '../../harness/sweep/grow.js';
import type { FindingTable } from '../../reports/findings/finding.js';
import { findings } from '../../reports/findings/finding.js';
import { findingRows, markdownTable, withInterval } from '../../reports/findings/table.js';

const finding: FindingTable = {
  ...{ name: 'made-up', title: 'Made up', experiment: 'made-up', grid: {} },
  columns: [
    { metric: 'registrar_missed_s', label: 'missed after', unit: 's' },
    { metric: 'fails_registrars_agree', label: 'disagree', unit: 'share' },
  ],
};
const record = (point: number, replication: number, values: Record<string, number | null>) => ({
  ...{ point, replication, seed: replication, verdict: null, folder: null, values },
});
const table = {
  grid: {
    points: [{ index: 0, point: { registrars: 2 }, refusal: null }],
    planFor: () => {
      throw badInput('no plan');
    },
  },
  records: [
    record(0, 1, { registrar_missed_s: 1.1, fails_registrars_agree: 1 }),
    record(0, 2, { registrar_missed_s: 1.3, fails_registrars_agree: 0 }),
    record(0, 3, { registrar_missed_s: null, fails_registrars_agree: 0 }),
    record(0, 4, {}),
  ],
} as unknown as GrownTable;

describe('a finding’s table', () => {
  it('has means with intervals, shares, and what is not known', () => {
    expect(findingRows(finding, table)).toEqual([
      ['registrars', 'runs', 'missed after', 'disagree'],
      // t(0.975, 1) = 12.706, s = 0.1414, n = 2.
      ['2', '3 (and 1 unknown)', '1.2 ± 1.3 s (2 runs)', '1 of 3 runs (6 … 79 %)'],
    ]);
  });

  it('is written as Markdown', () => {
    expect(
      markdownTable([
        ['a', 'b'],
        ['1', '2'],
      ]),
    ).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |\n');
  });

  it.each([
    [{ mean: 0.02345, halfWidth: 0.0012, n: 5 }, 's', '23.4 ± 1.2 ms'],
    [{ mean: 1.0543, halfWidth: 0.036, n: 5 }, 's', '1.054 ± 0.036 s'],
    [{ mean: 12.3, halfWidth: 25, n: 5 }, 'count', '12 ± 25'],
    [{ mean: 12, halfWidth: 0, n: 5 }, 'count', '12.00 ± 0.00'],
    [{ mean: 2.7654, halfWidth: null, n: 1 }, 's', '2.77 s'],
    [{ mean: null, halfWidth: null, n: 0 }, 's', '–'],
  ] as const)('writes %o %s as %s', (mean, unit, text) => {
    expect(withInterval(mean, unit)).toBe(text);
  });

  it('asks for columns that tables of runs have', () => {
    const asked = findings.flatMap(({ columns }) => columns.map(({ metric }) => metric));
    expect(asked.filter((metric) => !(metricColumns as readonly string[]).includes(metric))).toEqual([]);
  });
});
