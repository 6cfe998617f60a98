import { expect, it } from 'vitest';
import type { KeepAliveRow } from '../../../harness/result/rows.js';
import { packKeepAlives } from '../../../reports/run/keep-alives.js';

const lanes = new Map([
  ['pe1', 1],
  ['pu1', 2],
]);
const row = (from: string, to: string, sentAt: number, answeredAt: number | null): KeepAliveRow => ({
  ...{ from, to, sentAt, answeredAt },
});
const rows = [
  row('pu1', 'pe1', 1, 1.02),
  row('pe1', 'pu1', 1.5, 1.5214),
  row('pu1', 'pe1', 2.0004, 2.02),
  row('pu1', 'pe1', 3, null),
  row('pu1', 'stranger', 3, 4),
];

it('packs keep-alives by who asks whom: milliseconds since the one before, and what the answer took', () => {
  expect(packKeepAlives(rows, lanes)).toEqual([
    { from: 2, to: 1, sent: [1000, 1000, 1000], took: [20, 20, -1] },
    { from: 1, to: 2, sent: [1500], took: [21] },
  ]);
});

it('leaves out the answered ones where they are too many, and none of the others', () => {
  expect(packKeepAlives(rows, lanes, 3)).toEqual([{ from: 2, to: 1, sent: [3000], took: [-1] }]);
});
