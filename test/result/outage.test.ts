import { describe, expect, it } from 'vitest';
import { faultMeanwhile, type Outage, rehomingOf, takeoverOf } from '../../harness/result/outage.js';

const outage: Outage = { id: 1, kind: 'kill', host: 'pr1', injectedAt: 10, healedAt: 20 };

describe('an element whose home was struck', () => {
  const homed = (registrar: string, at: number) => ({ element: 'pe1', registrar, at });

  it('is where it registers next, while the fault lasts', () => {
    const homings = [homed('pr1', 1), homed('pr1', 11), { ...homed('pr3', 12), element: 'pe2' }, homed('pr2', 13)];
    expect(rehomingOf(outage, 'pe1', homings)).toMatchObject({ newHome: 'pr2', rehomedAt: 13, delay: 3 });
  });

  it('has no other home when it registers after the healing only', () => {
    expect(rehomingOf(outage, 'pe1', [homed('pr2', 20.1)])).toMatchObject({
      newHome: null,
      rehomedAt: null,
      delay: null,
    });
  });
});

describe('a registrar that was struck', () => {
  it('is missed and taken over by whoever says so first, however late that is read', () => {
    const words = [
      { says: 'misses', by: 'pr3', at: 12.5 },
      { says: 'misses', by: 'pr2', at: 12 },
      { says: 'misses', by: 'pr2', at: 9 },
      { says: 'begins', by: 'pr2', at: 14 },
      { says: 'takenOver', by: 'pr2', at: 14.5 },
      { says: 'expired', by: 'pr3', at: 21 },
    ] as const;
    const own = rehomingOf(outage, 'pe1', [{ element: 'pe1', registrar: 'pr2', at: 15 }]);
    expect(takeoverOf(outage, words, [own, { ...own, newHome: null }, { ...own, faultId: 2 }])).toMatchObject({
      ...{ noticedBy: 'pr2', noticedAt: 12, detection: 2, startedAt: 14, takenOverBy: 'pr2', endedAt: 14.5 },
      ...{ takeover: 4.5, expiredAt: null, elements: 2, rehomed: 1 },
    });
  });
});

it('a resolution belongs to the first fault that was at work while it waited', () => {
  const later = { ...outage, id: 2, injectedAt: 15, healedAt: null };
  const at = (askedAt: number, answeredAt: number | null) => faultMeanwhile({ askedAt, answeredAt }, [outage, later]);
  expect([at(1, 9), at(1, 10), at(16, 17), at(21, 22), at(5, null)]).toEqual([null, 1, 1, 2, 1]);
});
