import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { groupsOf } from '../../harness/explore/group.js';
import type { Shrunk } from '../../harness/explore/ledger.js';
import { alike, shapeOf } from '../../harness/explore/shape.js';
import { at, freeze, kill, named, one, partition, s } from '../../harness/index.js';
import shaken from './shaken.js';

const { hosts } = resolvePlan(shaken);
const faults = [
  at(s(1), kill(named('pe1'))),
  at(s(2), kill(named('pe2'))),
  at(s(3), freeze(one('registrars'))),
  at(s(4), partition([['pe1', 'pr1'], ['pu2']])),
];

describe('the shape of a schedule', () => {
  it('names kinds and roles, each once, whoever of them is struck', () => {
    expect(shapeOf(faults, hosts)).toEqual([
      'freeze on registrar',
      'kill on poolElement',
      'partition on poolElement+poolUser+registrar',
    ]);
    expect(shapeOf([faults[0]!], hosts)).toEqual(shapeOf([faults[1]!], hosts));
    expect(shapeOf([], hosts)).toEqual([]);
  });

  it('tells which faults of another schedule are like its own', () => {
    expect(alike(faults, hosts, ['kill on poolElement', 'shutdown on registrar'])).toEqual([0, 1]);
    expect(alike(faults, hosts, [])).toEqual([]);
  });
});

const finding = (seed: number, faults: number | null, more: Partial<Shrunk> = {}): Shrunk => ({
  ...{ line: 'shrunk', seed, check: 'noRequestLost', state: 'minimal', detail: 'as told', of: 9, faults },
  ...{ shape: ['kill on poolElement'], runs: 3, search: `searches/${seed}` },
  ...more,
});

describe('groups', () => {
  it('have one check and one shape each, the most frequent first, with the smallest of them', () => {
    const findings = [
      finding(9, 1, { shape: ['freeze on poolElement'] }),
      finding(4, 2),
      finding(2, 3),
      finding(3, 2, { state: 'exhausted' }),
      finding(1, 2, { check: 'failoverDelay' }),
    ];
    const groups = groupsOf(findings);
    expect(groups.map(({ check, shape, seeds, smallest }) => [check, shape[0], seeds, smallest.seed])).toEqual([
      // Of two with as many faults, the one that is known to be minimal.
      ['noRequestLost', 'kill on poolElement', [2, 3, 4], 4],
      ['failoverDelay', 'kill on poolElement', [1], 1],
      ['noRequestLost', 'freeze on poolElement', [9], 9],
    ]);
    expect(groupsOf([...findings].reverse())).toEqual(groups);
    expect(new Set(groups.map(({ id }) => id)).size).toBe(3);
  });

  it('leave out what did not fail again', () => {
    expect(groupsOf([finding(1, null, { state: 'not reproduced', shape: [] })])).toEqual([]);
    expect(groupsOf([finding(1, 0, { shape: [] })])).toHaveLength(1);
  });
});
